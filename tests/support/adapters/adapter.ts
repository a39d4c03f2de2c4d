/** One way to ask; tells after how many milliseconds it was given up, and rejects when it was answered, which cannot be. */
export interface Attempt {
  readonly name: string;
  readonly withinMs: number;
  readonly attempt: (port: number) => Promise<number>;
}

/** What reaches out to one kind of process. */
export interface Adapter {
  readonly name: string;
  /** Where its connections are made, as `file means`. */
  readonly places: readonly string[];
  /** The settings that say where it is, as `service SETTING`. */
  readonly addresses: readonly string[];
  readonly attempts: readonly Attempt[];
}

export const http = (port: number): string => `http://127.0.0.1:${port}`;
export const ignore = (): void => undefined;
/** For what has to end without being told to. */
export const never = new AbortController().signal;

/** Waits for a failure, of this kind if one is named, and answers how long it took, in milliseconds. */
export async function gaveUp(
  ask: () => PromiseLike<unknown>,
  kind: abstract new (...args: never[]) => Error = Error,
): Promise<number> {
  const startedMs = performance.now();
  try {
    await ask();
  } catch (error) {
    if (error instanceof kind) return performance.now() - startedMs;
    throw error;
  }
  throw new Error('a process that never answers has answered');
}

/** Waits for the way in which this adapter says that nobody answered, and answers how long it took, in milliseconds. */
export async function goesOn<T>(ask: () => Promise<T>, isWithout: (outcome: T) => boolean): Promise<number> {
  const startedMs = performance.now();
  const outcome = await ask();
  if (!isWithout(outcome)) throw new Error(`a process that never answers has answered: ${JSON.stringify(outcome)}`);
  return performance.now() - startedMs;
}

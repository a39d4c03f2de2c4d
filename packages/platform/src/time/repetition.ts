/** A work done again and again in the background. */
export interface Repetition {
  /** Does it now, and again after a pause each time. */
  start(): void;
  /** For good; resolves when the work under way has ended. */
  stop(): Promise<void>;
}

/** Makes a repetition; a work that fails is told, and done again as ever. Its signal says that it was stopped. */
export function createRepetition(options: {
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly pauseMs: number;
  readonly onFailure: (error: unknown) => void;
}): Repetition {
  const { work, pauseMs, onFailure } = options;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();

  function run(): void {
    underWay = work(stopping.signal)
      .catch(onFailure)
      .then(() => {
        if (!stopping.signal.aborted) timer = setTimeout(run, pauseMs);
      });
  }

  return {
    start: run,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** The work was given all its time and had not settled. */
export class TimedOut extends Error {
  override readonly name: string = 'TimedOut';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** The work was given less time than it is due, since its caller had no more: that it did not settle tells nothing. */
export class CutShort extends TimedOut {
  override readonly name = 'CutShort';
}

/**
 * Rejects with `TimedOut`, or the kind of it that is given, after `timeoutMs` and aborts the signal. The caller is freed
 * even when the work ignores the signal; such work goes on unobserved, so everything that touches a socket must listen
 * to it.
 */
export async function callWithTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  Late: new (timeoutMs: number) => TimedOut = TimedOut,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const timedOut = new Late(timeoutMs);
      reject(timedOut);
      controller.abort(timedOut);
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), expiry]);
  } finally {
    clearTimeout(timer);
  }
}

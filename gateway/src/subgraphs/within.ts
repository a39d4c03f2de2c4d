/** The time given to a work ran out. */
export class TimeRanOut extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'TimeRanOut';
  }
}

/** Runs a work that stops when its signal aborts: after the time given, or when an outer signal aborts. */
export async function within<Result>(
  limits: { readonly timeoutMs: number; readonly outer?: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { timeoutMs, outer } = limits;
  if (timeoutMs <= 0) throw new TimeRanOut(0);
  const controller = new AbortController();
  const follow = () => {
    controller.abort(outer?.reason);
  };
  outer?.throwIfAborted();
  outer?.addEventListener('abort', follow, { once: true });
  const expire = () => {
    controller.abort(new TimeRanOut(timeoutMs));
  };
  // what came in while this process was busy is looked at first: its own slowness is not the other's
  const timer = setTimeout(() => setImmediate(expire), timeoutMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', follow);
  }
}

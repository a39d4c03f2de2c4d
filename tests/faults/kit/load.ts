import type { Reply } from './history.ts';

/** What came of a load. */
export interface LoadReport {
  readonly requests: number;
  readonly answered: number;
  readonly stale: number;
  readonly failed: number;
  readonly unclear: number;
  /** Milliseconds, over all answers. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly slowest: number;
  /** How often each code came, of those that were not answered; `unclear` stands for no answer at all. */
  readonly codes: Readonly<Record<string, number>>;
}

export interface Load {
  /** Asks no more, waits for what is under way, and tells. */
  stop(): Promise<LoadReport>;
  /** Settles when the load has stopped by itself. */
  readonly done: Promise<LoadReport>;
}

/** More under way than this and the machine is measured, not the product. */
const mostUnderWay = 500;

/** Asks so many times a second whether answers come or not, for at most `forMs`; `ask` gets the number of the question. */
export function startLoad(load: {
  readonly perSecond: number;
  readonly forMs?: number;
  readonly ask: (nth: number) => Promise<Reply>;
}): Load {
  const { perSecond, forMs = 60_000, ask } = load;
  const startedAt = performance.now();
  const replies: Reply[] = [];
  const underWay = new Set<Promise<void>>();
  let asked = 0;

  const put = (): void => {
    const one = ask(asked).then((reply) => {
      replies.push(reply);
      underWay.delete(one);
    });
    asked += 1;
    underWay.add(one);
  };
  /** By the clock, not by the tick: late ticks ask for those that were missed. */
  const tick = (): void => {
    const elapsedMs = performance.now() - startedAt;
    const due = Math.floor((Math.min(elapsedMs, forMs) / 1_000) * perSecond);
    while (asked < due && underWay.size < mostUnderWay) put();
    if (elapsedMs >= forMs) void stop();
  };
  // A load that its test has forgotten does not keep the process alive.
  const timer = setInterval(tick, Math.max(1, 500 / perSecond)).unref();
  const { promise: done, resolve } = withResolvers<LoadReport>();

  async function stop(): Promise<LoadReport> {
    clearInterval(timer);
    await Promise.all(underWay);
    resolve(reportOf(replies));
    return await done;
  }
  return { stop, done };
}

function reportOf(replies: readonly Reply[]): LoadReport {
  const count = (isIt: (reply: Reply) => boolean): number => replies.filter(isIt).length;
  const times = replies.map((reply) => reply.tookMs).sort((one, other) => one - other);
  const share = (part: number): number => Math.round(times[Math.ceil(times.length * part) - 1] ?? 0);
  return {
    requests: replies.length,
    answered: count(({ kind }) => kind === 'answered'),
    stale: count((reply) => reply.kind === 'answered' && !reply.isFresh),
    failed: count(({ kind }) => kind === 'failed'),
    unclear: count(({ kind }) => kind === 'unclear'),
    p50: share(0.5),
    p95: share(0.95),
    p99: share(0.99),
    slowest: share(1),
    codes: countCodes(replies.filter(({ kind }) => kind !== 'answered')),
  };
}

function countCodes(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of replies) counts[code ?? 'unclear'] = (counts[code ?? 'unclear'] ?? 0) + 1;
  return counts;
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: settle };
}

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createManualClock } from '../testing/index.ts';
import { createCircuits, createGuard, standardBreakerPolicy, UpstreamUnavailable } from './index.ts';
import type { CallOptions, Guard, GuardPolicy, Quota } from './index.ts';

const START = '2026-07-01T00:00:00Z';
const policy: GuardPolicy = {
  timeoutMs: 3_000,
  bulkhead: { concurrent: 8, queue: 16, queueWaitMs: 300 },
  breaker: standardBreakerPolicy,
};

const works = async () => await Promise.resolve('answer');
const breaks = async () => await Promise.reject(new Error('system failure'));
const hangs = async () => await new Promise<never>(() => undefined);
const settlesAfter = (delayMs: number, settle: () => Promise<string>) => async () =>
  await new Promise<void>((resolve) => setTimeout(resolve, delayMs)).then(settle);

function aQuota({ isSpent = false } = {}) {
  const taken = { count: 0 };
  const quota: Quota = {
    take: async () => {
      if (isSpent) return await Promise.resolve({ isGranted: false, retryAfterMs: 7_000 });
      taken.count += 1;
      return await Promise.resolve({ isGranted: true, giveBack: () => void (taken.count -= 1) });
    },
  };
  return { quota, taken };
}

let open: Guard[] = [];
function aGuard(changes: Partial<GuardPolicy> = {}, quota: Quota = aQuota().quota) {
  const facts: string[] = [];
  const clock = createManualClock(START);
  const circuits = createCircuits();
  circuits.onChange(({ circuit, state }) => facts.push(`${circuit} ${state}`));
  const guard = createGuard({
    name: 'KOS bill',
    policy: { ...policy, ...changes },
    quota,
    clock,
    circuits,
  });
  open.push(guard);
  return { guard, facts, clock };
}

async function refusalOf(guard: Guard, work: (signal: AbortSignal) => Promise<unknown>, options?: CallOptions) {
  const outcome: unknown = await guard.call(work, options).catch((error: unknown) => error);
  if (!(outcome instanceof UpstreamUnavailable)) throw new Error('the call was expected to be refused');
  return outcome;
}

async function fail(guard: Guard, times: number) {
  for (let made = 0; made < times; made += 1) await refusalOf(guard, breaks);
}

/** Starts a call and looks at its outcome only when asked, so that time can be moved in between. */
const begin = (guard: Guard, work: (signal: AbortSignal) => Promise<unknown>, options?: CallOptions) => {
  const refusal = guard.call(work, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  return async () => await refusal;
};

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse(START), doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  for (const guard of open) guard.dispose();
  open = [];
  jest.useRealTimers();
});

describe('a closed circuit', () => {
  it('hands the answer through and opens on the fifth failure in a row, however good the past', async () => {
    const { guard, facts } = aGuard();
    for (let call = 0; call < 100; call += 1) expect(await guard.call(works)).toBe('answer');
    await fail(guard, 4);
    expect(guard.state()).toBe('closed');
    await fail(guard, 1);
    expect(guard.state()).toBe('open');
    expect(facts).toEqual(['KOS bill open']);
  });

  it('opens when every second of ten calls fails', async () => {
    const { guard } = aGuard();
    for (let pair = 0; pair < 5; pair += 1) {
      expect(guard.state()).toBe('closed');
      await guard.call(works);
      await fail(guard, 1);
    }
    expect(guard.state()).toBe('open');
  });

  it('never counts returned values, whatever business they refuse', async () => {
    const { guard } = aGuard();
    for (let call = 0; call < 30; call += 1)
      expect(await guard.call(async () => await Promise.resolve({ code: 'E101' }))).toEqual({ code: 'E101' });
    expect(guard.state()).toBe('closed');
  });

  it('throws its own error, with the original as cause and the news that work had begun', async () => {
    const { guard } = aGuard();
    const cause = new Error('reset');
    expect(await refusalOf(guard, async () => await Promise.reject(cause))).toMatchObject({
      name: 'UpstreamUnavailable',
      message: 'KOS bill failed to answer',
      target: 'KOS bill',
      reason: 'failed',
      retryAfterMs: 0,
      hasStarted: true,
      cause,
    });
  });

  it('counts a call that throws before its first await', async () => {
    const { guard } = aGuard();
    const throws = () => {
      throw new Error('before the first await');
    };
    for (let call = 0; call < 5; call += 1) await refusalOf(guard, throws);
    expect(guard.state()).toBe('open');
  });

  it('is not revived by a call that is on its way in while the circuit opens', async () => {
    for (let lag = 0; lag < 20; lag += 1) {
      const { guard } = aGuard();
      let breakAll: (error: Error) => void = () => undefined;
      const outage = new Promise<never>((_resolve, reject) => (breakAll = reject));
      const together = [1, 2, 3, 4, 5].map(() => begin(guard, async () => await outage));
      await jest.advanceTimersByTimeAsync(0);
      breakAll(new Error('system failure'));
      for (let tick = 0; tick < lag; tick += 1) await Promise.resolve();
      const arriving = begin(guard, works);
      await Promise.all([...together, arriving].map(async (outcome) => await outcome()));
      expect(guard.state()).toBe('open');
    }
  });
});

describe('an open circuit', () => {
  it('runs nothing, spends no quota, and says how long it stays open', async () => {
    const { quota, taken } = aQuota();
    const { guard } = aGuard({}, quota);
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(10_000);
    const work = jest.fn(works);
    expect(await refusalOf(guard, work)).toMatchObject({ reason: 'open', retryAfterMs: 20_000, hasStarted: false });
    expect(work).not.toHaveBeenCalled();
    expect(taken.count).toBe(5);
  });

  it('lets one probe through after 30 s and closes on its success', async () => {
    const { guard, facts } = aGuard();
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(guard.state()).toBe('half-open');
    const probe = begin(guard, settlesAfter(100, works));
    await jest.advanceTimersByTimeAsync(0);
    expect(await refusalOf(guard, works)).toMatchObject({ reason: 'open', retryAfterMs: 5_000 });
    await jest.advanceTimersByTimeAsync(100);
    expect(await probe()).toBeUndefined();
    expect(guard.state()).toBe('closed');
    expect(facts).toEqual(['KOS bill open', 'KOS bill half-open', 'KOS bill closed']);
  });

  it('lets one of many simultaneous callers probe and gives back what the others took from the quota', async () => {
    const { quota, taken } = aQuota();
    const { guard } = aGuard({}, quota);
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(30_000);
    const outcomes = await Promise.all([1, 2, 3].map(async () => await begin(guard, works)()));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(taken.count).toBe(6);
  });

  it('opens again for 30 s when the probe fails', async () => {
    const { guard } = aGuard();
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await refusalOf(guard, breaks)).toMatchObject({ reason: 'failed', retryAfterMs: 30_000 });
    await jest.advanceTimersByTimeAsync(29_999);
    expect(guard.state()).toBe('open');
    await jest.advanceTimersByTimeAsync(1);
    expect(guard.state()).toBe('half-open');
  });

  it('opens again when the probe hangs longer than a half-open circuit waits', async () => {
    const { guard } = aGuard({ timeoutMs: 60_000 });
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(30_000);
    begin(guard, hangs);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(guard.state()).toBe('half-open');
    await jest.advanceTimersByTimeAsync(1);
    expect(guard.state()).toBe('open');
  });

  it('waits for its probe as long as nobody calls', async () => {
    const { guard } = aGuard();
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(await guard.call(works)).toBe('answer');
    expect(guard.state()).toBe('closed');
  });

  it('learns nothing from results of calls begun before it opened, good or bad', async () => {
    const { guard, facts } = aGuard({ timeoutMs: 60_000 });
    const late = [works, breaks, breaks, breaks, breaks, breaks, works].map((settle, index) =>
      begin(guard, settlesAfter(31_000 + index, settle)),
    );
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(32_000);
    expect(await late[1]?.()).toMatchObject({ reason: 'failed' });
    expect(await late[6]?.()).toBeUndefined();
    expect(facts).toEqual(['KOS bill open', 'KOS bill half-open']);
    await guard.call(works);
    expect(guard.state()).toBe('closed');
  });
});

describe('what is refused locally', () => {
  it('passes on how long the quota is spent, and leaves the circuit alone', async () => {
    const { guard } = aGuard({}, aQuota({ isSpent: true }).quota);
    for (let call = 0; call < 20; call += 1)
      expect(await refusalOf(guard, works)).toMatchObject({ reason: 'quota', retryAfterMs: 7_000, hasStarted: false });
    expect(guard.state()).toBe('closed');
  });

  it('refuses at once when the queue is full and after its wait when no slot came free', async () => {
    const { quota, taken } = aQuota();
    const { guard } = aGuard({ bulkhead: { concurrent: 1, queue: 1, queueWaitMs: 300 } }, quota);
    begin(guard, hangs);
    const queued = begin(guard, works);
    await jest.advanceTimersByTimeAsync(0);
    expect(await refusalOf(guard, works)).toMatchObject({ reason: 'busy', retryAfterMs: 300, hasStarted: false });
    await jest.advanceTimersByTimeAsync(300);
    expect(await queued()).toMatchObject({ reason: 'busy', hasStarted: false });
    expect(taken.count).toBe(1);
    expect(guard.state()).toBe('closed');
  });

  it('never starts work for a caller whose time is over, before or in the queue', async () => {
    const { guard, clock } = aGuard({ bulkhead: { concurrent: 1, queue: 1, queueWaitMs: 900 } });
    const work = jest.fn(works);
    expect(await refusalOf(guard, work, { deadline: clock.now() })).toMatchObject({
      reason: 'timeout',
      hasStarted: false,
    });
    begin(guard, settlesAfter(500, works));
    const queued = begin(guard, work, { deadline: new Date(clock.now().getTime() + 400) });
    clock.advance(500);
    await jest.advanceTimersByTimeAsync(500);
    expect(await queued()).toMatchObject({ reason: 'timeout', hasStarted: false });
    expect(work).not.toHaveBeenCalled();
  });
});

describe('time', () => {
  it('aborts the signal and frees caller and slot at the timeout, even when the work does not listen', async () => {
    const { guard } = aGuard({ bulkhead: { concurrent: 1, queue: 0, queueWaitMs: 300 } });
    let seen: AbortSignal | undefined;
    const outcome = begin(guard, async (signal) => {
      seen = signal;
      return await hangs();
    });
    await jest.advanceTimersByTimeAsync(2_999);
    expect(seen?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(seen?.aborted).toBe(true);
    expect(await outcome()).toMatchObject({ reason: 'timeout', hasStarted: true, cause: { name: 'TimedOut' } });
    expect(await guard.call(works)).toBe('answer');
  });

  it('gives the work no longer than the caller waits', async () => {
    const { guard, clock } = aGuard();
    const outcome = begin(guard, hangs, { deadline: new Date(clock.now().getTime() + 700) });
    await jest.advanceTimersByTimeAsync(700);
    expect(await outcome()).toMatchObject({ reason: 'timeout', cause: { timeoutMs: 700 } });
  });

  it('leaves no timer behind once disposed, and late results start none', async () => {
    const { guard } = aGuard();
    await fail(guard, 5);
    await jest.advanceTimersByTimeAsync(30_000);
    const probe = begin(guard, settlesAfter(50, breaks));
    await jest.advanceTimersByTimeAsync(0);
    guard.dispose();
    await jest.advanceTimersByTimeAsync(50);
    expect(await probe()).toMatchObject({ reason: 'failed' });
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createManualClock } from '../testing/index.ts';
import { createCircuits, createGuard, standardBreakerPolicy, UpstreamUnavailable } from './index.ts';
import type { Guard, Quota } from './index.ts';

type Work = (signal: AbortSignal) => Promise<unknown>;

const works = async () => await Promise.resolve('answer');
const breaks = async () => await Promise.reject(new Error('system failure'));
const hangs = async () => await new Promise<never>(() => undefined);

let open: Guard[] = [];
function aGuard() {
  const facts: string[] = [];
  const taken = { count: 0 };
  const quota: Quota = {
    take: async () => {
      taken.count += 1;
      return await Promise.resolve({ isGranted: true, giveBack: () => void (taken.count -= 1) });
    },
  };
  const clock = createManualClock('2026-07-01T00:00:00Z');
  const circuits = createCircuits();
  circuits.onChange(({ state }) => facts.push(state));
  const bulkhead = { concurrent: 8, queue: 16, queueWaitMs: 300 };
  const policy = { timeoutMs: 3_000, leastTimeMs: 300, bulkhead, breaker: standardBreakerPolicy };
  const guard = createGuard({ name: 'KOS', policy, quota, clock, circuits });
  open.push(guard);

  const begin = (ms: number, work: Work): Promise<unknown> =>
    guard.call(work, { deadline: new Date(clock.now().getTime() + ms) }).catch((error: unknown) => error);
  /** Makes a call for somebody who waits so long, and lets that time pass. */
  const outcomeWithin = async (ms: number, work: Work): Promise<unknown> => {
    const outcome = begin(ms, work);
    await jest.advanceTimersByTimeAsync(ms);
    return await outcome;
  };
  const fail = async (times: number) => {
    for (let made = 0; made < times; made += 1) await guard.call(breaks).catch(() => undefined);
  };
  return { guard, facts, taken, begin, outcomeWithin, fail };
}

const late = (name: string) => expect.objectContaining({ reason: 'timeout', cause: expect.objectContaining({ name }) });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  for (const guard of open) guard.dispose();
  open = [];
  jest.useRealTimers();
});

describe('a caller with less time than the work is due', () => {
  it('is told that there was no answer in time, which does not count, however often', async () => {
    const { guard, outcomeWithin, fail } = aGuard();
    await fail(4);
    for (let call = 0; call < 20; call += 1) expect(await outcomeWithin(850, hangs)).toEqual(late('CutShort'));
    expect(guard.state()).toBe('closed');
    await fail(1);
    expect(guard.state()).toBe('open');
  });

  it('counts like anybody when it had nearly all the time, or was told of a failure', async () => {
    const { guard, outcomeWithin } = aGuard();
    for (let call = 0; call < 4; call += 1) expect(await outcomeWithin(2_900, hangs)).toEqual(late('TimedOut'));
    expect(guard.state()).toBe('closed');
    expect(await outcomeWithin(850, breaks)).toMatchObject({ reason: 'failed' });
    expect(guard.state()).toBe('open');
  });

  it('neither closes nor opens a half-open circuit: whoever comes next probes', async () => {
    const { guard, facts, begin, fail } = aGuard();
    await fail(5);
    await jest.advanceTimersByTimeAsync(30_000);
    const cut = begin(850, hangs);
    await jest.advanceTimersByTimeAsync(849);
    await expect(guard.call(works)).rejects.toMatchObject({ reason: 'open' });
    await jest.advanceTimersByTimeAsync(1);
    expect(await cut).toEqual(late('CutShort'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(guard.state()).toBe('half-open');
    expect(await guard.call(works)).toBe('answer');
    expect(facts).toEqual(['open', 'half-open', 'closed']);
  });

  it('spends nothing when the time left is less than the work ever takes', async () => {
    const { taken, outcomeWithin } = aGuard();
    const work = jest.fn(works);
    const refused = await outcomeWithin(299, work);
    expect(refused).toBeInstanceOf(UpstreamUnavailable);
    expect(refused).toMatchObject({ reason: 'timeout', hasStarted: false });
    expect(work).not.toHaveBeenCalled();
    expect(taken.count).toBe(0);
    expect(await outcomeWithin(300, work)).toBe('answer');
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCircuits, createGuard, Inconclusive, standardBreakerPolicy } from './index.ts';
import type { Guard } from './index.ts';

const works = async () => await Promise.resolve('answer');
const breaks = async () => await Promise.reject(new Error('system failure'));
const nobodyWaits = new Error('nobody waits');
const isLeft = async () => await Promise.reject(new Inconclusive(nobodyWaits));

let guard: Guard;
let facts: string[];
const fail = async (times: number) => {
  for (let made = 0; made < times; made += 1) await guard.call(breaks).catch(() => undefined);
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  facts = [];
  const circuits = createCircuits();
  circuits.onChange(({ state }) => facts.push(state));
  const bulkhead = { concurrent: 8, queue: 16, queueWaitMs: 300 };
  guard = createGuard({
    name: 'KOS',
    policy: { timeoutMs: 3_000, bulkhead, breaker: standardBreakerPolicy },
    circuits,
  });
});
afterEach(() => {
  guard.dispose();
  jest.useRealTimers();
});

describe('work that tells nothing of the dependency', () => {
  it('is neither a failure nor an answer, and why it ended is told', async () => {
    await fail(4);
    for (let call = 0; call < 20; call += 1) {
      await expect(guard.call(isLeft)).rejects.toMatchObject({ reason: 'failed', cause: { cause: nobodyWaits } });
    }
    expect(facts).toEqual([]);
    await fail(1);
    expect(facts).toEqual(['open']);
  });

  it('neither closes nor opens a half-open circuit: whoever comes next probes', async () => {
    await fail(5);
    await jest.advanceTimersByTimeAsync(30_000);
    await expect(guard.call(isLeft)).rejects.toMatchObject({ reason: 'failed' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(guard.state()).toBe('half-open');
    expect(await guard.call(works)).toBe('answer');
    expect(facts).toEqual(['open', 'half-open', 'closed']);
  });
});

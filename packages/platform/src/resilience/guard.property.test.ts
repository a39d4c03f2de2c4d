import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { aWatchedGuard, expectLawful, steps, type Step } from './circuit-law.ts';
import { createCircuits } from './index.ts';

const scripts = fc.array(steps, { minLength: 10, maxLength: 80, size: 'max' });

const aMinuteOfHealth: readonly Step[] = Array.from({ length: 60 }, (): readonly Step[] => [
  { kind: 'wait', ms: 1_000 },
  { kind: 'call', outcome: 'ok', takesMs: 0 },
]).flat();

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('over any history of calls, refusals, waits and jumps of the wall clock', () => {
  it('every transition has its reason, every reason its transition, and 60 s of health close the circuit', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, fc.constantFrom(3_000, 45_000), async (script, timeoutMs) => {
        const { guard, log, take } = aWatchedGuard({ timeoutMs, circuits: createCircuits() });
        for (const next of [...script, { kind: 'wait', ms: timeoutMs } as const, ...aMinuteOfHealth]) await take(next);
        expectLawful(log, { isAlone: true });
        expect(guard.state()).toBe('closed');
        guard.dispose();
      }),
      { numRuns: 300 },
    );
  });
});

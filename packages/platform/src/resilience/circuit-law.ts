import { expect, jest } from '@jest/globals';
import fc from 'fast-check';
import { CutShort } from './call-with-timeout.ts';
import { createGuard, standardBreakerPolicy } from './index.ts';
import type { Circuits, LearnedBy, Quota } from './index.ts';

const { consecutiveFailures, minimumCalls, windowSize, openMs, halfOpenMaxMs } = standardBreakerPolicy;

/** One thing that happens to a guard, or to its machine. */
export type Step =
  | {
      readonly kind: 'call';
      readonly outcome: 'ok' | 'fail' | 'hang';
      readonly takesMs: number;
      /** How long the caller waits; as long as the guard does, unless given. */
      readonly withinMs?: number | undefined;
    }
  | { readonly kind: 'refusedByQuota' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'jump'; readonly ms: number };

const hourMs = 3_600_000;
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('call'),
      outcome: fc.oneof(
        { weight: 3, arbitrary: fc.constant('fail') },
        { weight: 2, arbitrary: fc.constant('ok') },
        fc.constant('hang'),
      ),
      takesMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_900 }), fc.integer({ min: 3_000, max: 44_000 })),
      withinMs: fc.option(fc.integer({ min: 40, max: 3_000 }), { nil: undefined }),
    }),
  },
  fc.record({ kind: fc.constant('refusedByQuota') }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constantFrom(3_000, 27_500, openMs)),
    }),
  },
  fc.record({ kind: fc.constant('jump'), ms: fc.integer({ min: -hourMs, max: hourMs }) }),
);

export type Entry =
  | { readonly kind: 'began' | 'succeeded' | 'failed' | 'cut'; readonly call: number; readonly atMs: number }
  | { readonly kind: 'open' | 'half-open' | 'closed'; readonly learnedBy: LearnedBy; readonly atMs: number };

/** A guard whose work follows a script and writes down, in order, all that happened. */
export function aWatchedGuard({ timeoutMs, circuits }: { readonly timeoutMs: number; readonly circuits: Circuits }) {
  const log: Entry[] = [];
  const at = () => performance.now();
  let isQuotaSpent = false;
  let calls = 0;
  const quota: Quota = {
    take: async () =>
      await Promise.resolve(
        isQuotaSpent ? { isGranted: false, retryAfterMs: 1 } : { isGranted: true, giveBack: () => undefined },
      ),
  };
  circuits.onChange(({ state, learnedBy }) => log.push({ kind: state, learnedBy, atMs: at() }));
  const guard = createGuard({
    name: 'watched',
    policy: {
      timeoutMs,
      bulkhead: { concurrent: 1_000, queue: 0, queueWaitMs: 0 },
      breaker: standardBreakerPolicy,
    },
    quota,
    circuits,
  });

  const work = (outcome: 'ok' | 'fail' | 'hang', takesMs: number) => async (signal: AbortSignal) => {
    const call = (calls += 1);
    log.push({ kind: 'began', call, atMs: at() });
    await new Promise<void>((resolve, reject) => {
      const settle = (kind: 'succeeded' | 'failed' | 'cut') => {
        log.push({ kind, call, atMs: at() });
        if (kind === 'succeeded') resolve();
        else reject(new Error('system failure'));
      };
      const ending = outcome === 'ok' ? 'succeeded' : 'failed';
      const timer = outcome === 'hang' ? undefined : setTimeout(settle, takesMs, ending);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        settle(signal.reason instanceof CutShort ? 'cut' : 'failed');
      });
    });
  };
  const take = async (next: Step) => {
    switch (next.kind) {
      case 'call': {
        const { outcome, takesMs, withinMs } = next;
        const deadline = withinMs === undefined ? undefined : new Date(Date.now() + withinMs);
        guard.call(work(outcome, takesMs), { deadline }).catch(() => undefined);
        break;
      }
      case 'refusedByQuota':
        isQuotaSpent = true;
        await guard.call(work('fail', 0)).catch(() => undefined);
        isQuotaSpent = false;
        break;
      case 'wait':
        await jest.advanceTimersByTimeAsync(next.ms);
        break;
      case 'jump':
        jest.setSystemTime(Date.now() + next.ms);
        break;
    }
    await jest.advanceTimersByTimeAsync(0);
  };
  return { guard, log, take };
}

const isReasonToOpen = (failures: readonly boolean[]): boolean => {
  const window = failures.slice(-windowSize);
  const run = failures.slice(-consecutiveFailures);
  const isRun = run.length === consecutiveFailures && run.every(Boolean);
  const isRate = window.length >= minimumCalls && window.filter(Boolean).length * 2 >= window.length;
  return failures.at(-1) === true && (isRun || isRate);
};

interface Model {
  state: 'closed' | 'open' | 'half-open';
  begun: Set<number>;
  failures: boolean[];
  due: 'open' | 'closed' | undefined;
  openedAtMs: number;
  probeBeganAtMs: number;
}

function become(model: Model, state: Model['state'], due?: Model['due']) {
  Object.assign(model, { state, begun: new Set(), failures: [], due });
}

function learn(model: Model, hasFailed: boolean) {
  if (model.state === 'half-open') {
    const verdict = hasFailed ? 'open' : 'closed';
    become(model, verdict, verdict);
    return;
  }
  model.failures.push(hasFailed);
  if (isReasonToOpen(model.failures)) become(model, 'open', 'open');
}

/** How long the claim for a probe may take before the probe begins, when there are other instances. */
const claimMs = 100;

/**
 * Reads the log against the specification: every transition has its reason, and every reason its transition. What other
 * instances told is a reason of its own, and may move the end of an opening.
 */
export function expectLawful(log: readonly Entry[], { isAlone }: { readonly isAlone: boolean }): void {
  const model: Model = {
    state: 'closed',
    begun: new Set(),
    failures: [],
    due: undefined,
    openedAtMs: 0,
    probeBeganAtMs: 0,
  };
  for (const entry of log) {
    switch (entry.kind) {
      case 'began':
        expect(model.state).not.toBe('open');
        if (model.state === 'half-open') expect(model.begun.size).toBe(0);
        model.probeBeganAtMs = entry.atMs;
        model.begun.add(entry.call);
        break;
      case 'succeeded':
      case 'failed':
        if (model.begun.has(entry.call)) learn(model, entry.kind === 'failed');
        break;
      case 'cut':
        // A probe cut short is none: the next call is.
        model.begun.delete(entry.call);
        break;
      case 'half-open':
        if (entry.learnedBy === 'here') expect(model.state).toBe('open');
        if (isAlone) expect(entry.atMs - model.openedAtMs).toBe(openMs);
        become(model, 'half-open');
        break;
      case 'open':
      case 'closed':
        if (entry.learnedBy === 'elsewhere') become(model, entry.kind);
        else followOwn(model, entry);
        model.openedAtMs = entry.atMs;
        break;
    }
  }
  expect(model.due).toBeUndefined();
}

function followOwn(model: Model, { kind, atMs }: { readonly kind: Entry['kind']; readonly atMs: number }) {
  const probedMs = atMs - model.probeBeganAtMs;
  const isProbeOverdue = probedMs <= halfOpenMaxMs && probedMs >= halfOpenMaxMs - claimMs;
  if (model.state === 'half-open' && isProbeOverdue) learn(model, true);
  expect(kind).toBe(model.due);
  model.due = undefined;
}

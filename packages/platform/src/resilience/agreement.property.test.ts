import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { aWatchedGuard, expectLawful, steps, type Entry, type Step } from './circuit-law.ts';
import { createCircuits } from './index.ts';
import { createSimulatedExchange, type Fate, type SimulatedExchange } from './simulated-exchange.ts';

const INSTANCES = 3;
const within = { ms: 1_000 };

type Happening =
  | { readonly kind: 'at'; readonly instance: number; readonly step: Step }
  | { readonly kind: 'exchange goes down' | 'exchange comes back' };

const anywhere = fc.record({
  kind: fc.constant('at'),
  instance: fc.nat({ max: INSTANCES - 1 }),
  step: steps,
});
const outages = fc.record({ kind: fc.constantFrom('exchange goes down', 'exchange comes back') });
const histories = (happening: fc.Arbitrary<Happening>) =>
  fc.array(happening, { minLength: 30, maxLength: 150, size: 'max' });

const badFates = fc.infiniteStream<Fate>(
  fc.record({
    isLost: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
    delayMs: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5_000 })),
    isRepeated: fc.boolean(),
  }),
);
const goodFates = fc.infiniteStream<Fate>(
  fc.record({
    isLost: fc.constant(false),
    delayMs: fc.integer({ min: 0, max: 20 }),
    isRepeated: fc.boolean(),
  }),
);

function someInstances(exchange: SimulatedExchange, timeoutMs: number) {
  return Array.from({ length: INSTANCES }, () => {
    const circuits = createCircuits(exchange.reach());
    return { circuits, ...aWatchedGuard({ timeoutMs, circuits }) };
  });
}
type Instances = ReturnType<typeof someInstances>;

async function live(instances: Instances, exchange: SimulatedExchange, history: readonly Happening[]): Promise<void> {
  for (const happening of history) {
    if (happening.kind === 'at') await instances[happening.instance]?.take(happening.step);
    else if (happening.kind === 'exchange goes down') exchange.goDown();
    else exchange.comeBack();
  }
}

async function recover(instances: Instances, exchange: SimulatedExchange, timeoutMs: number): Promise<void> {
  exchange.comeBack();
  exchange.heal();
  await jest.advanceTimersByTimeAsync(timeoutMs);
  for (let second = 0; second < 60; second += 1) {
    await jest.advanceTimersByTimeAsync(1_000);
    for (const { take } of instances) await take({ kind: 'call', outcome: 'ok', takesMs: 0 });
  }
}

async function end(instances: Instances): Promise<void> {
  for (const { guard, circuits } of instances) {
    guard.dispose();
    circuits.close();
  }
  // What is on its way must not reach the next run.
  await jest.advanceTimersByTimeAsync(20_000);
  expect(jest.getTimerCount()).toBe(0);
}

type Change = Extract<Entry, { readonly learnedBy: unknown }>;
const changesOf = (log: readonly Entry[]): Change[] => log.filter((entry): entry is Change => 'learnedBy' in entry);
const foundOut = (log: readonly Entry[]): Change[] =>
  changesOf(log).filter(({ kind, learnedBy }) => kind !== 'half-open' && learnedBy === 'here');
const stateAt = (log: readonly Entry[], atMs: number): Change['kind'] =>
  changesOf(log).findLast((change) => change.atMs <= atMs)?.kind ?? 'closed';

/** Whatever one instance finds out, and nobody else soon before or after, all have heard a second later. */
function expectAgreement(logs: readonly (readonly Entry[])[], endMs: number): void {
  const findings = logs.flatMap(foundOut);
  for (const finding of findings) {
    const { kind, atMs } = finding;
    const isAlone = findings.every((other) => other === finding || Math.abs(other.atMs - atMs) > 2 * within.ms);
    if (!isAlone || atMs + within.ms > endMs) continue;
    expect(logs.map((log) => stateAt(log, atMs + within.ms))).toEqual(logs.map(() => kind));
  }
}

/** While an instance waits for the verdict of its probe, or its caller waits no longer, no other one probes. */
function expectOneProbe(logs: readonly (readonly Entry[])[]): void {
  const probes = logs.flatMap((log) =>
    log.flatMap((entry, index) => {
      if (entry.kind !== 'began' || stateBefore(log, index) !== 'half-open') return [];
      const end = log.slice(index).find((later) => 'learnedBy' in later || isCutOf(later, entry.call));
      return [{ fromMs: entry.atMs, toMs: end?.atMs ?? entry.atMs }];
    }),
  );
  const inOrder = probes.toSorted((one, other) => one.fromMs - other.fromMs);
  for (const [index, probe] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next !== undefined) expect(next.fromMs).toBeGreaterThanOrEqual(probe.toMs);
  }
}
const isCutOf = (entry: Entry, call: number) => entry.kind === 'cut' && entry.call === call;
const stateBefore = (log: readonly Entry[], index: number) => changesOf(log.slice(0, index)).at(-1)?.kind;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Instances that hear of each other by messages lost, late, repeated and out of order', () => {
  it('each keep the law of a circuit, believe no opening twice, and are all closed after 60 s of health', async () => {
    const history = histories(fc.oneof({ weight: 20, arbitrary: anywhere }, outages));
    await fc.assert(
      fc.asyncProperty(history, badFates, async (happenings, fates) => {
        const exchange = createSimulatedExchange(fates);
        const instances = someInstances(exchange, 3_000);
        await live(instances, exchange, happenings);
        await recover(instances, exchange, 3_000);
        for (const { guard, log } of instances) {
          expectLawful(log, { isAlone: false });
          expect(guard.state()).toBe('closed');
          const believed = changesOf(log).filter(({ kind, learnedBy }) => kind === 'open' && learnedBy === 'elsewhere');
          const openings = instances.flatMap((other) => foundOut(other.log)).filter(({ kind }) => kind === 'open');
          expect(believed.length).toBeLessThanOrEqual(openings.length);
        }
        await end(instances);
      }),
      { numRuns: 60 },
    );
  });
});

describe('Instances that hear of each other in time', () => {
  it('agree within a second, and one probes for all', async () => {
    await fc.assert(
      fc.asyncProperty(histories(anywhere), goodFates, async (happenings, fates) => {
        const exchange = createSimulatedExchange(fates);
        const instances = someInstances(exchange, 3_000);
        await live(instances, exchange, happenings);
        const logs = instances.map(({ log }) => log);
        expectAgreement(logs, performance.now());
        expectOneProbe(logs);
        await end(instances);
      }),
      { numRuns: 60 },
    );
  });
});

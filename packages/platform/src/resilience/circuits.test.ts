import { describe, expect, it } from '@jest/globals';
import { createCircuits, createGuard, standardBreakerPolicy, type CircuitChange, type Circuits } from './index.ts';

const policy = {
  timeoutMs: 1_000,
  bulkhead: { concurrent: 8, queue: 8, queueWaitMs: 300 },
  breaker: standardBreakerPolicy,
};

async function openOne(circuits: Circuits, name: string) {
  const guard = createGuard({ name, policy, circuits });
  const breaks = () => Promise.reject(new Error('system failure'));
  for (let call = 0; call < 5; call += 1) await guard.call(breaks).catch(() => undefined);
  return guard;
}

describe('The circuits of a process', () => {
  it('tell their changes to everybody who listens, as long as they listen', async () => {
    const circuits = createCircuits();
    const heard: CircuitChange[] = [];
    const listener = (change: CircuitChange) => void heard.push(change);
    const stop = circuits.onChange(listener);
    const stopOnceMore = circuits.onChange(listener);
    const one = await openOne(circuits, 'one');
    stop();
    const other = await openOne(circuits, 'other');
    stopOnceMore();
    const third = await openOne(circuits, 'third');
    const opened = (circuit: string) => ({ circuit, state: 'open', learnedBy: 'here' });
    expect(heard).toEqual([opened('one'), opened('one'), opened('other')]);
    for (const guard of [one, other, third]) guard.dispose();
  });

  it('are known by their names and states until they are disposed of', async () => {
    const circuits = createCircuits();
    const one = await openOne(circuits, 'one');
    const other = createGuard({ name: 'other', policy, circuits });
    expect(Object.fromEntries(circuits.states())).toEqual({ one: 'open', other: 'closed' });
    expect(() => createGuard({ name: 'one', policy, circuits })).toThrow('there is a circuit one already');
    one.dispose();
    other.dispose();
    expect(circuits.states().size).toBe(0);
  });
});

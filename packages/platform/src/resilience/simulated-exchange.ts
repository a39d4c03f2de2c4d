import { isNewsTo, type CircuitFact } from './circuit-fact.ts';
import type { FactExchange, FactListener } from './fact-exchange.ts';

/** What the network does to one message or request. */
export interface Fate {
  readonly isLost: boolean;
  readonly delayMs: number;
  readonly isRepeated: boolean;
}

/** A stand-in for Redis on timers, reached over a network that does to each message what fate says. */
export interface SimulatedExchange {
  /** The exchange as one instance reaches it. */
  reach(): FactExchange;
  goDown(): void;
  /** Comes back, having forgotten everything. */
  comeBack(): void;
  /** From here on nothing is lost, repeated or late any more. */
  heal(): void;
}

const DEADLINE_MS = 100;
const promptly: Fate = { isLost: false, delayMs: 1, isRepeated: false };

/** Draws the fate of each message from the stream. */
export function createSimulatedExchange(fates: Iterator<Fate>): SimulatedExchange {
  const standing = new Map<string, CircuitFact & { readonly untilMs: number }>();
  const leases = new Map<string, number>();
  const listeners = new Set<FactListener>();
  let isDown = false;
  let isHealed = false;

  const drawFate = (): Fate => {
    const drawn = isHealed ? undefined : fates.next();
    return drawn === undefined || drawn.done === true ? promptly : drawn.value;
  };

  function carry(deliver: () => void): void {
    const { isLost, delayMs, isRepeated } = drawFate();
    if (isLost || isDown) return;
    setTimeout(deliver, delayMs);
    if (isRepeated) setTimeout(deliver, 2 * delayMs);
  }

  /** What is asked may take effect though no answer comes in time. */
  function ask<T>(serve: () => T): Promise<T | undefined> {
    return new Promise((resolve) => {
      setTimeout(resolve, DEADLINE_MS, undefined);
      carry(() => {
        if (isDown) return;
        const answer = serve();
        carry(() => {
          resolve(answer);
        });
      });
    });
  }

  function offer(circuit: string, fact: CircuitFact): CircuitFact {
    const held = standing.get(circuit);
    if (held !== undefined && !isNewsTo(fact, held))
      return { ...held, leftMs: Math.max(0, held.untilMs - performance.now()) };
    if (fact.round === 0) return fact;
    standing.set(circuit, { ...fact, untilMs: performance.now() + fact.leftMs });
    for (const listener of listeners)
      carry(() => {
        listener.onFact(circuit, fact);
      });
    return fact;
  }

  function claim(lease: string, leaseMs: number): boolean {
    if ((leases.get(lease) ?? 0) > performance.now()) return false;
    leases.set(lease, performance.now() + leaseMs);
    return true;
  }

  return {
    reach: () => ({
      offer: (circuit, fact) => ask(() => offer(circuit, fact)),
      claimProbe: (circuit, { round, leaseMs }) => ask(() => claim(`${circuit} ${round}`, leaseMs)),
      listen(listener) {
        listeners.add(listener);
        listener.onListening();
        return () => void listeners.delete(listener);
      },
    }),
    goDown() {
      isDown = true;
    },
    comeBack() {
      standing.clear();
      leases.clear();
      isDown = false;
    },
    heal() {
      isHealed = true;
    },
  };
}

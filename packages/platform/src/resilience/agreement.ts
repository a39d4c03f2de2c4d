import type { CircuitState } from './breaker.ts';
import { isNewsTo, noFact, type CircuitFact } from './circuit-fact.ts';
import type { FactExchange } from './fact-exchange.ts';

/** A circuit that can take another instance's word. */
export interface AgreeingCircuit {
  readonly circuitState: CircuitState;
  /** Milliseconds until it lets a call through; 0 unless it is open. */
  readonly waitMs: number;
  openAsElsewhere(leftMs: number): void;
  closeAsElsewhere(): void;
}

/** Keeps the circuits of this process at one with those of the same names elsewhere. */
export interface Agreement {
  join(name: string, circuit: AgreeingCircuit): void;
  leave(name: string): void;
  /** To be told of what this process found out itself. */
  foundOut(name: string, state: CircuitState): void;
  /** True also when nobody can tell: without the others each one works by itself. */
  mayProbe(name: string, leaseMs: number): Promise<boolean>;
  close(): void;
}

/** Short enough for a lost message to be made good within a second. */
const COMPARE_EVERY_MS = 750;

/**
 * No call waits for the exchange, but a probe for its claim. What this process finds out is offered at once, and all it
 * knows is compared with what stands there again and again, so that lost messages and outages heal by themselves.
 */
export function createAgreement(exchange: FactExchange): Agreement {
  const circuits = new Map<string, AgreeingCircuit>();
  const known = new Map<string, CircuitFact>();
  const knownOf = (name: string): CircuitFact => known.get(name) ?? noFact;

  function hear(name: string, fact: CircuitFact): void {
    const circuit = circuits.get(name);
    if (circuit === undefined || !isNewsTo(fact, knownOf(name))) return;
    known.set(name, fact);
    if (fact.state === 'open') circuit.openAsElsewhere(fact.leftMs);
    else circuit.closeAsElsewhere();
  }

  async function compare(name: string, circuit: AgreeingCircuit): Promise<void> {
    const leftMs = circuit.circuitState === 'open' ? circuit.waitMs : 0;
    const standing = await exchange.offer(name, { ...knownOf(name), leftMs });
    if (standing !== undefined) hear(name, standing);
  }

  let comparing: Promise<unknown> | undefined;
  function compareAll(): void {
    comparing ??= Promise.all([...circuits].map(([name, circuit]) => compare(name, circuit))).finally(() => {
      comparing = undefined;
    });
  }

  const timer = setInterval(compareAll, COMPARE_EVERY_MS).unref();
  const stopListening = exchange.listen({ onFact: hear, onListening: compareAll });

  return {
    join(name, circuit) {
      circuits.set(name, circuit);
    },
    leave(name) {
      circuits.delete(name);
    },
    foundOut(name, state) {
      const circuit = circuits.get(name);
      // That its time has run out every instance sees by itself.
      if (circuit === undefined || state === 'half-open') return;
      known.set(name, { round: knownOf(name).round + 1, state, leftMs: 0 });
      void compare(name, circuit);
    },
    async mayProbe(name, leaseMs) {
      return (await exchange.claimProbe(name, { round: knownOf(name).round, leaseMs })) ?? true;
    },
    close() {
      clearInterval(timer);
      stopListening();
      circuits.clear();
    },
  };
}

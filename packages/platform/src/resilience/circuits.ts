import { createAgreement, type AgreeingCircuit } from './agreement.ts';
import type { CircuitState, LearnedBy, Surroundings } from './breaker.ts';
import type { FactExchange } from './fact-exchange.ts';

/** A fact about a circuit, for whoever logs, counts or shows it. */
export interface CircuitChange {
  readonly circuit: string;
  readonly state: CircuitState;
  readonly learnedBy: LearnedBy;
}

/** The circuits of one process. */
export interface Circuits {
  /** Tells every change from now on, on the spot; a listener must not throw. Answers with the way to stop. */
  onChange(listener: (change: CircuitChange) => void): () => void;
  /** The state of each circuit now, by name. */
  states(): ReadonlyMap<string, CircuitState>;
  /** Takes in a circuit made for these surroundings; its guard does this. Throws when the name is taken. */
  admit<Circuit extends AgreeingCircuit>(
    name: string,
    admission: { readonly probeMs: number; readonly make: (around: Surroundings) => Circuit },
  ): Circuit;
  /** Lets go of a circuit that is no longer used. */
  dismiss(name: string): void;
  /** Stops listening to other instances; the guards are disposed of by their owners, before. */
  close(): void;
}

/** Makes a place for circuits; with an exchange they agree with those of the same names in other instances. */
export function createCircuits(exchange?: FactExchange): Circuits {
  const circuits = new Map<string, AgreeingCircuit>();
  const listeners = new Set<(change: CircuitChange) => void>();
  const agreement = exchange && createAgreement(exchange);

  function surroundingsOf(circuit: string, probeMs: number): Surroundings {
    let told: CircuitState = 'closed';
    return {
      changed(state, learnedBy) {
        if (learnedBy === 'here') agreement?.foundOut(circuit, state);
        // An opening made longer is none.
        if (state === told) return;
        told = state;
        for (const listener of listeners) listener({ circuit, state, learnedBy });
      },
      ...(agreement && { mayProbe: () => agreement.mayProbe(circuit, probeMs) }),
    };
  }

  return {
    onChange(listener) {
      // Wrapped, so that one function may listen twice and each stop ends its own listening.
      const own = (change: CircuitChange) => {
        listener(change);
      };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    states: () => new Map([...circuits].map(([name, { circuitState }]) => [name, circuitState])),
    admit(name, { probeMs, make }) {
      if (circuits.has(name)) throw new Error(`there is a circuit ${name} already`);
      const circuit = make(surroundingsOf(name, probeMs));
      circuits.set(name, circuit);
      agreement?.join(name, circuit);
      return circuit;
    },
    dismiss(name) {
      circuits.delete(name);
      agreement?.leave(name);
    },
    close() {
      agreement?.close();
    },
  };
}

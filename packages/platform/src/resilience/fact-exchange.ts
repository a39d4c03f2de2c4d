import type { CircuitFact } from './circuit-fact.ts';

/** What is heard from other instances. Anything may be lost, late, repeated or out of order. */
export interface FactListener {
  onFact(circuit: string, fact: CircuitFact): void;
  /** From now on facts are heard; those of before may have been missed. */
  onListening(): void;
}

/** Where instances put what they know of their circuits. It may be away at any moment: nothing here rejects or hangs. */
export interface FactExchange {
  /** Offers a fact, to be told to all if it is news, and answers what stands now; undefined when nobody can tell. */
  offer(circuit: string, fact: CircuitFact): Promise<CircuitFact | undefined>;
  /** Whether the probe of this round is ours alone, for so long; undefined when nobody can tell. */
  claimProbe(
    circuit: string,
    claim: { readonly round: number; readonly leaseMs: number },
  ): Promise<boolean | undefined>;
  /** Begins to listen; answers with the way to stop. */
  listen(listener: FactListener): () => void;
}

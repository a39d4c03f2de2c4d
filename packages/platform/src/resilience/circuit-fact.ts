import { z } from 'zod';

/** What one instance found out about a circuit, to be believed by all others. */
export interface CircuitFact {
  /** Grows with every change of the circuit; 0 before the first. */
  readonly round: number;
  readonly state: 'open' | 'closed';
  /** How much longer the circuit stays open; 0 when it is closed. */
  readonly leftMs: number;
}

export const noFact: CircuitFact = { round: 0, state: 'closed', leftMs: 0 };

/** What a message or an answer must look like to be believed. */
export const circuitFact = z.object({
  round: z.int().nonnegative(),
  state: z.enum(['open', 'closed']),
  leftMs: z.number().nonnegative(),
});

/**
 * Whether a fact is news to who knows the other. In one round a closing outranks an opening: whoever opened had not heard
 * that somebody was given an answer.
 */
export const isNewsTo = (fact: CircuitFact, known: CircuitFact): boolean =>
  fact.round > known.round || (fact.round === known.round && fact.state === 'closed' && known.state === 'open');

import { setTimeout as pause } from 'node:timers/promises';

import { ConnectionFailed, MalformedAnswer } from '@supergraph/platform/http';
import { Inconclusive, type Guard } from '@supergraph/platform/resilience';

import { ServiceAway } from './absence.ts';
import type { Connection, RawAnswer, RawRequest } from './connection.ts';
import { NoAnswer, noAnswerOf } from './read-answer.ts';
import type { RetryBudget } from './retry-budget.ts';

/** What a subgraph is asked. */
export type SubgraphRequest = Omit<RawRequest, 'signal'>;

/** On which terms it is asked. */
export interface ExchangeTerms {
  readonly isMutation: boolean;
  readonly deadline: Date;
  /** Aborts when nobody waits for the answer any more. */
  readonly unwanted?: AbortSignal | undefined;
}

/** Asks a subgraph within the bounds set for it. Throws UpstreamUnavailable, also when the answer was unwanted. */
export type GuardedExchange = (request: SubgraphRequest, terms: ExchangeTerms) => Promise<RawAnswer>;

const longestRetryPauseMs = 100;
const statusOfClosing = 503;

/** A subgraph that stops says 503, or closes the connection before it has answered in full. */
const isClosing = (error: unknown): boolean =>
  error instanceof ConnectionFailed ||
  (error instanceof MalformedAnswer && error.problem === 'cut off') ||
  (error instanceof NoAnswer && error.status === statusOfClosing);

/**
 * Makes the guarded way to a subgraph. What was never sent waits until the subgraph is back; a query that met it closing
 * is sent once more if the budget allows; a mutation that may have arrived never is. A caller that left and a subgraph
 * that starts again tell its breaker nothing.
 */
export function createGuardedExchange(by: {
  readonly connection: Connection;
  readonly guards: { readonly query: Guard; readonly mutation: Guard };
  readonly retries: RetryBudget;
  readonly random: () => number;
}): GuardedExchange {
  async function ask(request: SubgraphRequest, signal: AbortSignal): Promise<RawAnswer> {
    const answer = await by.connection.exchange({ ...request, signal });
    if (answer.status >= 500) throw noAnswerOf(answer.status);
    return answer;
  }

  async function askAgainIfClosing(request: SubgraphRequest, signal: AbortSignal): Promise<RawAnswer> {
    try {
      return await ask(request, signal);
    } catch (error) {
      if (signal.aborted || !isClosing(error) || !by.retries.withdraw()) throw error;
      await pause(by.random() * longestRetryPauseMs, undefined, { signal });
      return await ask(request, signal);
    }
  }

  return async (request, { isMutation, deadline, unwanted }) => {
    const send = isMutation ? ask : askAgainIfClosing;
    const work = async (inTime: AbortSignal): Promise<RawAnswer> => {
      try {
        const signal = unwanted === undefined ? inTime : AbortSignal.any([inTime, unwanted]);
        return await send(request, signal);
      } catch (error) {
        if (unwanted?.aborted === true || error instanceof ServiceAway) throw new Inconclusive(error);
        throw error;
      }
    };
    by.retries.deposit();
    return await by.guards[isMutation ? 'mutation' : 'query'].call(work, { deadline });
  };
}

import type { GraphQLDataSource } from '@apollo/gateway';
import { errorText } from '@supergraph/platform/errors';
import { internalTokenHeader, type Viewer } from '@supergraph/platform/identity';
import { UpstreamUnavailable } from '@supergraph/platform/resilience';
import { requestHeaders } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';

import type { Refusal } from './answer/refusal.ts';
import type { GatewayContext } from './request-context.ts';
import { answerMarginMs, type SubgraphPolicy } from './subgraph-policy.ts';
import type { Fetch } from './subgraphs/asked-fields.ts';
import type { RawAnswer } from './subgraphs/connection.ts';
import type { GuardedExchange } from './subgraphs/guarded-exchange.ts';
import { placeErrors } from './subgraphs/place-errors.ts';
import { readAnswer, withEntities, type SubgraphAnswer } from './subgraphs/read-answer.ts';
import {
  distinctRepresentations,
  spreadEntities,
  standingAsAsked,
  standingAt,
  type Standing,
} from './subgraphs/representations.ts';
import type { SharedFlights } from './subgraphs/shared-flights.ts';
import { countSkippedEntities } from './subgraphs/skipped-entities.ts';
import type { Subgraph } from './supergraph.ts';

/** A fetch that brought nothing, for the log. */
export interface FetchFailure {
  readonly subgraph: string;
  readonly requestId: string;
  readonly error: unknown;
}

/** How long a fetch may take; less than the subgraph's usual time when the request has no more left. */
interface TimeGiven {
  readonly timeoutMs: number;
  readonly isRest: boolean;
}

/** An answer with each entity where it stands, and where that is for those that the subgraph was asked for. */
interface SpreadAnswer {
  readonly answer: SubgraphAnswer;
  readonly standing: Standing;
}

/**
 * Makes the way to one subgraph. It sends the gateway's word on who asks and nothing the client sent; every call ends by
 * its deadline; equal queries of one caller share a call, but none from before a change of theirs; equal entities are
 * asked for once. A failed call is an answer of SERVICE_UNAVAILABLE for each of its fields, TIMED_OUT when it was the whole
 * request's time that ran out. A mutation is never shared and never cut short by a client that leaves.
 */
export function createSubgraphSource(options: {
  readonly subgraph: Subgraph;
  readonly policy: SubgraphPolicy;
  readonly exchange: GuardedExchange;
  readonly flights: SharedFlights<RawAnswer>;
  readonly signInternalToken: (viewer: Viewer | null, subgraph: string) => string;
  readonly clock: Clock;
  readonly failed: (failure: FetchFailure) => void;
}): GraphQLDataSource<GatewayContext> {
  const { subgraph, policy, flights, clock } = options;
  const path = new URL(subgraph.url).pathname;

  function timeFor({ isMutation, dueAtMs }: GatewayContext): TimeGiven {
    const usualMs = isMutation ? policy.mutationTimeoutMs : policy.queryTimeoutMs;
    const restMs = dueAtMs - clock.now().getTime();
    return { timeoutMs: Math.min(usualMs, restMs), isRest: restMs < usualMs };
  }

  async function send(fetch: Fetch, context: GatewayContext, { timeoutMs, isRest }: TimeGiven): Promise<RawAnswer> {
    const nowMs = clock.now().getTime();
    const body = JSON.stringify(fetch);
    const token = options.signInternalToken(context.viewer, subgraph.name);
    const headers = {
      'content-type': 'application/json',
      'accept-language': context.locale,
      [internalTokenHeader]: token,
      [requestHeaders.requestId]: context.requestId,
      [requestHeaders.deadline]: String(nowMs + Math.max(timeoutMs - answerMarginMs, 0)),
      [requestHeaders.clientAddress]: context.client.address,
      ...(context.client.userAgent !== null && { [requestHeaders.clientUserAgent]: context.client.userAgent }),
    };
    const call = (unwanted?: AbortSignal) =>
      options.exchange(
        { method: 'POST', path, headers, body },
        { isMutation: context.isMutation, deadline: new Date(nowMs + timeoutMs), unwanted },
      );
    const owner = context.viewer?.userId ?? '';
    // who made a change must not be given what was read before it, nor anybody a call that has less than its usual time
    if (context.isMutation) {
      return await call().finally(() => {
        flights.outdate(owner);
      });
    }
    if (isRest) return await call(context.clientGone);
    const key = [subgraph.url, token, context.locale, body].join('\n');
    return await flights.share({ owner, key, gone: context.clientGone }, call);
  }

  async function answerOf(fetch: Fetch, context: GatewayContext): Promise<SubgraphAnswer> {
    const time = timeFor(context);
    try {
      // Each caller parses the shared text itself: the gateway writes into what it is given.
      const answer = readAnswer(await send(fetch, context, time));
      return withEntities(answer, fetch.variables['representations']);
    } catch (error) {
      if (!context.clientGone.aborted) {
        options.failed({ subgraph: subgraph.name, requestId: context.requestId, error });
      }
      return refusedWith(refusalOf(error, time));
    }
  }

  /** Asks for equal entities once. Only a fetch of entities has this variable: one that a client calls so has got another name. */
  async function answerOnce(asked: Fetch, context: GatewayContext): Promise<SpreadAnswer> {
    const { representations } = asked.variables;
    const repeated = distinctRepresentations(representations);
    if (repeated === null) {
      const count = Array.isArray(representations) ? representations.length : 0;
      return { answer: await answerOf(asked, context), standing: standingAsAsked(count) };
    }
    const { distinct, positions } = repeated;
    const variables = { ...asked.variables, representations: distinct };
    const answer = await answerOf({ ...asked, variables }, context);
    return { answer: spreadAnswer(answer, positions), standing: standingAt(positions) };
  }

  return {
    process: async (request) => {
      if (!('incomingRequestContext' in request)) throw new Error('the gateway asks for clients only');
      const { context } = request;
      const { query = '', operationName, variables = {} } = request.request;
      const fetch: Fetch = { query, operationName, variables };
      const { answer, standing } = await answerOnce(fetch, context);
      const { pathInIncomingRequest: path = [] } = request;
      const { roots = [] } = context;
      if (answer.data && path.length === 0) roots.push(answer.data);
      const placed = placeErrors(answer, { fetch, standing }, context.contract);
      return countSkippedEntities(placed, { representations: variables['representations'], path, roots });
    },
  };
}

/** Lateness is the request's own only if the subgraph was given less than its usual time. */
function refusalOf(error: unknown, { isRest }: TimeGiven): Refusal {
  if (!(error instanceof UpstreamUnavailable)) return { code: 'SERVICE_UNAVAILABLE' };
  if (error.reason === 'timeout' && isRest) return { code: 'TIMED_OUT' };
  const code = error.reason === 'busy' ? 'OVERLOADED' : 'SERVICE_UNAVAILABLE';
  return { code, retryAfterMs: error.retryAfterMs > 0 ? error.retryAfterMs : undefined };
}

/** What a fetch that brought nothing means to the client. */
const refusedWith = ({ code, retryAfterMs }: Refusal): SubgraphAnswer => ({
  data: null,
  errors: [
    { message: errorText(code, 'en'), extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) } },
  ],
});

/** Puts entities back where they stand; errors still name them as they were asked for. */
function spreadAnswer(answer: SubgraphAnswer, positions: readonly number[]): SubgraphAnswer {
  const entities = answer.data?.['_entities'];
  if (!Array.isArray(entities)) return answer;
  return { ...answer, data: { ...answer.data, _entities: spreadEntities(entities, positions) } };
}

import type { GraphQLDataSource } from '@apollo/gateway';
import { internalTokenHeader, type Viewer } from '@supergraph/platform/identity';
import { requestHeaders } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';

import type { GatewayContext } from './request-context.ts';
import { answerMarginMs, type SubgraphPolicy } from './subgraph-policy.ts';
import type { Connection } from './subgraphs/connection.ts';
import { failedFetch, pathsOfFetch } from './subgraphs/failed-fetch.ts';
import { readAnswer, type SubgraphAnswer } from './subgraphs/read-answer.ts';
import { distinctRepresentations, spreadEntities, spreadPath } from './subgraphs/representations.ts';
import { createSharedFlights } from './subgraphs/shared-flights.ts';
import { within } from './subgraphs/within.ts';
import type { Subgraph } from './supergraph.ts';

/** A fetch that brought nothing, for the log. */
export interface FetchFailure {
  readonly subgraph: string;
  readonly requestId: string;
  readonly error: unknown;
}

interface Fetch {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Makes the way to one subgraph. It sends the gateway's word on who asks and nothing the client sent; every call ends by
 * its deadline; equal queries of one caller share a call; equal entities are asked for once. A failed call is an answer
 * of SERVICE_UNAVAILABLE for each of its fields. A mutation is never shared and never cut short by a client that leaves.
 */
export function createSubgraphSource(options: {
  readonly subgraph: Subgraph;
  readonly policy: SubgraphPolicy;
  readonly connection: Connection;
  readonly signInternalToken: (viewer: Viewer | null, subgraph: string) => string;
  readonly clock: Clock;
  readonly failed: (failure: FetchFailure) => void;
}): GraphQLDataSource<GatewayContext> {
  const { subgraph, policy, connection, clock } = options;
  const path = new URL(subgraph.url).pathname;
  const share = createSharedFlights<SentAnswer>();

  function send(fetch: Fetch, context: GatewayContext): Promise<SentAnswer> {
    const nowMs = clock.now().getTime();
    const usualMs = context.isMutation ? policy.mutationTimeoutMs : policy.queryTimeoutMs;
    const timeoutMs = Math.min(usualMs, context.dueAtMs - nowMs);
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
    const call = (outer?: AbortSignal) =>
      within({ timeoutMs, ...(outer !== undefined && { outer }) }, (signal) =>
        connection.exchange({ method: 'POST', path, headers, body, signal }),
      );
    if (context.isMutation) return call();
    return share([token, context.locale, body].join('\n'), call, context.clientGone);
  }

  return {
    process: async (request) => {
      if (!('incomingRequestContext' in request)) throw new Error('the gateway asks for clients only');
      const { context } = request;
      const { query = '', operationName, variables = {} } = request.request;
      const asked = isEntityFetch(query) ? representationsIn(variables) : [];
      const distinct = distinctRepresentations(asked);
      const representations = distinct?.distinct;
      try {
        const sent = await send(
          { query, operationName, variables: representations ? { ...variables, representations } : variables },
          context,
        );
        // Each caller parses the shared text itself: the gateway writes into what it is given.
        const answer = withPaths(readAnswer(sent), () => pathsOfFetch(query, representations ?? asked));
        return distinct === null ? answer : spreadAnswer(answer, distinct.positions);
      } catch (error) {
        if (!context.clientGone.aborted) {
          options.failed({ subgraph: subgraph.name, requestId: context.requestId, error });
        }
        return { data: null, errors: failedFetch(query, asked) };
      }
    },
  };
}

type SentAnswer = Parameters<typeof readAnswer>[0];

/** Clients cannot ask for `_entities`, which the gateway's own schema does not have. */
const isEntityFetch = (query: string): boolean => query.includes('_entities(representations:');

const representationsIn = (variables: Readonly<Record<string, unknown>>): readonly unknown[] => {
  const { representations } = variables;
  return Array.isArray(representations) ? representations : [];
};

/** An error that names no field concerns every field of the fetch. */
function withPaths(answer: SubgraphAnswer, pathsOf: () => readonly (readonly (string | number)[])[]): SubgraphAnswer {
  if (answer.errors === undefined || answer.errors.every((error) => error.path)) return answer;
  const paths = pathsOf();
  const errors = answer.errors.flatMap((error) => (error.path ? [error] : paths.map((path) => ({ ...error, path }))));
  return { ...answer, errors };
}

function spreadAnswer(answer: SubgraphAnswer, positions: readonly number[]): SubgraphAnswer {
  const entities = answer.data?.['_entities'];
  const errors = answer.errors?.flatMap((error) =>
    spreadPath(error.path ?? [], positions).map((path) => ({ ...error, path })),
  );
  return {
    ...answer,
    ...(Array.isArray(entities) && { data: { ...answer.data, _entities: spreadEntities(entities, positions) } }),
    ...(errors !== undefined && { errors }),
  };
}

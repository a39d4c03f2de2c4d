import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { GraphQLError } from 'graphql';

import { apolloLogger } from './engine/apollo-logger.ts';
import type { ServedSupergraph } from './engine/served-supergraph.ts';
import { formatError, refusalOf } from './format-error.ts';
import type { GatewayContext } from './request-context.ts';

/** An error nobody foresaw, as it is written down. */
interface Unforeseen {
  readonly path: GraphQLError['path'];
  readonly subgraph: unknown;
  readonly error: string;
  /** How many places of the answer it stands at; the path is that of the first. */
  places: number;
}

/** The errors nobody foresaw, each once: what one failure costs stands at every place of the answer that it cost. */
function unforeseenIn(errors: readonly GraphQLError[]): Iterable<Unforeseen> {
  const found = new Map<string, Unforeseen>();
  for (const error of errors) {
    if (refusalOf(error).code !== 'INTERNAL_SERVER_ERROR') continue;
    const { serviceName: subgraph } = error.extensions;
    const described = describeError(error);
    const key = JSON.stringify([subgraph, described]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { path: error.path, subgraph, ...described, places: 1 });
    else known.places += 1;
  }
  return found.values();
}

/** Errors nobody foresaw are written down with the id that the client was given. */
const logUnforeseen = (log: Logger): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors: ({ errors, contextValue: { requestId, rehearsal } }) => {
        // what came of a rehearsal is told by whoever wanted it
        if (rehearsal !== undefined) return Promise.resolve();
        for (const unforeseen of unforeseenIn(errors)) log.error({ requestId, ...unforeseen }, 'an operation failed');
        return Promise.resolve();
      },
    }),
});

/**
 * Makes the GraphQL server over whichever supergraph is served: validation, and errors that say nothing from inside. Who
 * may introspect is decided before an operation gets here.
 */
export function createGraphqlServer(options: {
  readonly supergraph: ServedSupergraph;
  readonly hasSandbox: boolean;
  /** Documents that need no validation any more; when left out, the server finds that out for itself. */
  readonly documentStore?: ApolloServerOptions<GatewayContext>['documentStore'];
  readonly log: Logger;
}): ApolloServer<GatewayContext> {
  const { supergraph, documentStore, log } = options;
  return new ApolloServer<GatewayContext>({
    gateway: supergraph,
    formatError,
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    // a client is told that the operation does not fit, not where, so the first misfit is enough
    validationOptions: { maxErrors: 1 },
    ...(documentStore !== undefined && { documentStore }),
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: apolloLogger(log),
    plugins: [
      logUnforeseen(log),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      options.hasSandbox
        ? ApolloServerPluginLandingPageLocalDefault({ embed: { runTelemetry: false } })
        : ApolloServerPluginLandingPageDisabled(),
    ],
  });
}

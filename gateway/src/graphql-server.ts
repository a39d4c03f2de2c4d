import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { describeError, type Logger } from '@supergraph/platform/telemetry';

import { formatError, refusalOf } from './format-error.ts';
import { answerIntrospection } from './operation/answer-introspection.ts';
import { teachHouseScalars } from './operation/house-scalars.ts';
import type { GatewayContext } from './request-context.ts';
import type { Subgraph, Supergraph } from './supergraph.ts';

/** Bounds of the planner, which runs on the event loop: how many plans it weighs, and how many paths it keeps for one field. */
const plannerBounds = { maxEvaluatedPlans: 1_000, pathsLimit: 1_000 } as const;

/** What Apollo's own parts have to say goes to our log under one name. */
const apolloLogger = (log: Logger) => ({
  debug: (message: unknown) => {
    log.debug({ message }, 'apollo');
  },
  info: (message: unknown) => {
    log.debug({ message }, 'apollo');
  },
  warn: (message: unknown) => {
    log.warn({ message }, 'apollo');
  },
  error: (message: unknown) => {
    log.error({ message }, 'apollo');
  },
});

/** Errors nobody foresaw are written down with the id that the client was given. */
const logUnforeseen = (log: Logger): ApolloServerPlugin<GatewayContext> => ({
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors: ({ errors, contextValue: { requestId } }) => {
        for (const error of errors) {
          if (refusalOf(error).code !== 'INTERNAL_SERVER_ERROR') continue;
          const { serviceName: subgraph } = error.extensions;
          log.error({ requestId, path: error.path, subgraph, ...describeError(error) }, 'an operation failed');
        }
        return Promise.resolve();
      },
    }),
});

/**
 * Makes the GraphQL engine: plans over the supergraph's own text, never asking a subgraph for its schema, and reaches
 * each subgraph by the source given. Load it by `start()`, which throws when the supergraph is no good.
 */
export function createGraphqlServer(options: {
  readonly supergraph: Supergraph;
  readonly sourceOf: (subgraph: Subgraph) => GraphQLDataSource<GatewayContext>;
  readonly allowsIntrospection: boolean;
  readonly hasSandbox: boolean;
  readonly log: Logger;
}): ApolloServer<GatewayContext> {
  const { supergraph, log } = options;
  const urls = new Map(supergraph.subgraphs.map(({ name, url }) => [name, url]));
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph.sdl,
    buildService: ({ name, url }) => options.sourceOf({ name, url: urls.get(name) ?? url ?? '' }),
    queryPlannerConfig: { debug: plannerBounds },
    __exposeQueryPlanExperimental: false,
    logger: apolloLogger(log),
  });
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    teachHouseScalars(apiSchema);
  });
  return new ApolloServer<GatewayContext>({
    gateway,
    formatError,
    introspection: options.allowsIntrospection,
    hideSchemaDetailsFromClientErrors: true,
    // a client is told that the operation does not fit, not where, so the first misfit is enough
    validationOptions: { maxErrors: 1 },
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: apolloLogger(log),
    plugins: [
      logUnforeseen(log),
      answerIntrospection,
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

import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse, type GraphQLFormattedError } from 'graphql';

import { CodedError, isErrorCode, presentCode, presentError, type Locale } from '../errors/index.ts';
import { internalTokenHeader, type Viewer } from '../identity/index.ts';
import { describeError, type Logger } from '../telemetry/index.ts';
import { systemClock } from '../time/index.ts';
import { keepCertificate, type CertificateFiles } from './certificate.ts';
import { enforceAuthorization } from './enforce-authorization.ts';
import { createHttpServer, listen, type ListenAddress, type Readiness } from './http-server.ts';
import { scalars } from './scalars.ts';

/** What every resolver knows of the request it answers. */
export interface RequestContext {
  /** Who is asking; null for nobody. */
  readonly viewer: Viewer | null;
  /** The language of texts for the person. */
  readonly locale: Locale;
  readonly requestId: string;
  /** When whoever asked stops waiting; null when the gateway did not say. */
  readonly deadline: Date | null;
  /** The client's address and program as the gateway saw them; null when unknown. */
  readonly client: { readonly address: string | null; readonly userAgent: string | null };
}

/** Headers by which the gateway tells a subgraph about the request. */
export const requestHeaders = {
  deadline: 'x-request-deadline',
  requestId: 'x-request-id',
  clientAddress: 'x-client-address',
  clientUserAgent: 'x-client-user-agent',
} as const;

/** Resolvers by type and field, as generated from the SDL. */
type SchemaModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type ResolverMap = NonNullable<Extract<SchemaModule, { typeDefs: unknown }>['resolvers']>;

/** A subgraph that answers the gateway and nobody else. */
export interface SubgraphServer {
  /** The HTTP server, for routes beside /graphql; add them before listening. */
  readonly app: FastifyInstance;
  /** Starts answering; tells the address. */
  listen(address: ListenAddress): Promise<string>;
  /** Stops accepting, finishes what is in flight, and ends. */
  close(): Promise<void>;
}

const oneHeader = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const briefHeader = (request: FastifyRequest, name: string): string | null =>
  oneHeader(request, name)?.slice(0, 512) ?? null;

const deadlineOf = (request: FastifyRequest): Date | null => {
  const value = oneHeader(request, requestHeaders.deadline);
  return value !== null && /^\d{13}$/.test(value) ? new Date(Number(value)) : null;
};

const localeOfRequest = (request: FastifyRequest): Locale =>
  oneHeader(request, 'accept-language') === 'en' ? 'en' : 'ko';

/**
 * Makes the server of a subgraph out of its SDL and resolvers: only requests with the gateway's token for this subgraph
 * are heard (also `_entities`), the SDL's authorization directives are enforced, and only catalogue errors leave.
 */
export function createSubgraphServer(options: {
  readonly name: string;
  readonly portVariable: string;
  readonly sdl: string;
  readonly resolvers: ResolverMap;
  readonly verifyInternalToken: (token: string) => Promise<Viewer | null>;
  readonly createContext: (request: RequestContext) => RequestContext;
  readonly readiness: Readiness;
  /** As for any HTTP server. */
  readonly staysReady?: boolean;
  /** With them it speaks HTTPS alone, and with a CA for clients to those alone that it signed. */
  readonly certificateFiles?: CertificateFiles | undefined;
  /** How long it goes on accepting after it has turned not ready (default 0). */
  readonly drainDelayMs?: number;
  readonly log: Logger;
}): SubgraphServer {
  const { log } = options;
  const schema = enforceAuthorization(
    buildSubgraphSchema([
      { typeDefs: parse(options.sdl), resolvers: { ...scalarsIn(options.sdl), ...options.resolvers } },
    ]),
  );
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    formatError: (formatted, error) => toFormattedError(formatted, error, log),
    plugins: [answerErrorsWithStatus200],
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (m) => {
        log.warn({ m }, 'apollo');
      },
      error: (m) => {
        log.error({ m }, 'apollo');
      },
    },
  });
  const { certificateFiles: files } = options;
  const certificate = files && keepCertificate({ files, clock: systemClock, log });
  const app = createHttpServer({
    log,
    maxBodyBytes: 1_048_576,
    readiness: options.readiness,
    staysReady: options.staysReady,
    certificate,
    drainDelayMs: options.drainDelayMs,
  });
  const contexts = new WeakMap<FastifyRequest, RequestContext>();

  app.register(async (graphql) => {
    await apollo.start();
    graphql.addHook('onRequest', async (request, reply) => {
      const locale = localeOfRequest(request);
      try {
        const token = oneHeader(request, internalTokenHeader);
        if (token === null) throw new CodedError('INVALID_TOKEN');
        const viewer = await options.verifyInternalToken(token);
        contexts.set(request, {
          viewer,
          locale,
          requestId: briefHeader(request, requestHeaders.requestId) ?? request.id,
          deadline: deadlineOf(request),
          client: {
            address: briefHeader(request, requestHeaders.clientAddress),
            userAgent: briefHeader(request, requestHeaders.clientUserAgent),
          },
        });
      } catch (error) {
        log.warn(
          { route: request.routeOptions.url, ...describeError(error) },
          'refused a request without the gateway’s token',
        );
        return await reply.code(401).send({ errors: [presentCode('INVALID_TOKEN', locale)] });
      }
    });
    graphql.post(
      '/graphql',
      fastifyApolloHandler(apollo, {
        context: (request) => {
          const known = contexts.get(request);
          if (known === undefined) throw new CodedError('INVALID_TOKEN');
          return Promise.resolve(options.createContext(known));
        },
      }),
    );
  });

  return {
    app,
    listen: (address) => listen(app, address, { service: options.name, portVariable: options.portVariable }),
    close: async () => {
      await app.close();
      certificate?.close();
      await apollo.stop();
    },
  };
}

const scalarsIn = (sdl: string) =>
  Object.fromEntries(Object.entries(scalars).filter(([name]) => new RegExp(`^\\s*scalar ${name}\\b`, 'm').test(sdl)));

/** The gateway wants to read the errors themselves, so an operation that ran or was refused is always an answer of 200. */
const answerErrorsWithStatus200: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response }) => {
        response.http.status = 200;
        return Promise.resolve();
      },
    }),
};

function toFormattedError(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const code = formatted.extensions?.['code'];
  const presented =
    !(original instanceof CodedError) && isErrorCode(code) && code !== 'INTERNAL_SERVER_ERROR'
      ? presentCode(code, 'ko')
      : presentError(original, 'ko');
  if (presented.extensions.code === 'INTERNAL_SERVER_ERROR') {
    log.error({ path: formatted.path, ...describeError(original) }, 'a resolver failed');
  } else if (original instanceof CodedError && original.cause !== undefined) {
    log.warn({ path: formatted.path, code: original.code, ...describeError(original.cause) }, 'a resolver refused');
  }
  return { ...presented, ...(formatted.path !== undefined && { path: formatted.path }) };
}

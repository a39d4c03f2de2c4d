import { randomUUID } from 'node:crypto';
import { Server as SecureServer } from 'node:tls';

import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { localeOf, presentCode, type ErrorCode } from '../errors/index.ts';
import { describeError, type Logger } from '../telemetry/index.ts';
import { createBoundedServer, usualTimes, type ServerTimes } from './bounded-server.ts';
import { answerBrokenHttp } from './broken-http.ts';
import type { ServerCertificate } from './certificate.ts';
import { boundConnectionsPerAddress } from './connections-per-address.ts';
import { drainOnClose } from './draining.ts';

/** What a service needs to be of use, by name, and whether each works now. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

/** Where a service listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'PATH_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

const codeOfFault = (error: FastifyError): ErrorCode => {
  const status = error.statusCode ?? 500;
  if (status >= 500) return 'INTERNAL_SERVER_ERROR';
  if (error instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') return 'INVALID_JSON';
  return codeOfStatus[status] ?? 'BAD_REQUEST';
};

const refuseRequest = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(400).send({ errors: [presentCode('BAD_REQUEST', localeOf(request.headers['accept-language']))] });

/** Far below the descriptors a process usually has, so that those for its own connections outward are left. */
const usualMaxConnections = 5_000;

/** What an HTTP server takes and how long it waits. */
export interface HttpServerOptions {
  readonly log: Logger;
  readonly maxBodyBytes: number;
  readonly readiness: Readiness;
  /** Whether, ready once, it stays so whatever it comes to miss: what can be done without that is still done (default no). */
  readonly staysReady?: boolean | undefined;
  /** Over those that suit everybody: 10 s for a head, 15 s for a request. */
  readonly times?: Partial<ServerTimes> | undefined;
  /** More are closed as soon as they are made (default 5,000). */
  readonly maxConnections?: number | undefined;
  /** The same for one address (default: no bound of its own). */
  readonly maxConnectionsPerAddress?: number | undefined;
  /** Told of each connection that was one too many for its address. */
  readonly connectionRefused?: (() => void) | undefined;
  /** Whether what an address says of whom it speaks for is believed; nobody is unless told. */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  /** With it the server speaks HTTPS alone. */
  readonly certificate?: ServerCertificate | undefined;
  /** How long it goes on accepting after it has turned not ready (default 0). */
  readonly drainDelayMs?: number | undefined;
}

const nobody = (): boolean => false;

/**
 * Makes an HTTP server that answers JSON whatever happens: bounded bodies, headers, times and connections, `/livez` and
 * `/readyz`, errors of the catalogue without a word from inside. Closing it fails nobody.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { certificate, isTrustedProxy = nobody } = options;
  const times = { ...usualTimes, ...options.times };
  const app = fastify({
    serverFactory: (listener) => createBoundedServer({ times, certificate }, listener),
    bodyLimit: options.maxBodyBytes,
    trustProxy: isTrustedProxy,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: (_error, request, reply) => void refuseRequest(request, reply),
  });

  app.addHook('onRequest', async (request, reply) => {
    if (request.raw.httpVersion !== '1.0' && request.headers.host === undefined) await refuseRequest(request, reply);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = codeOfFault(error);
    if (code === 'INTERNAL_SERVER_ERROR')
      options.log.error({ route: request.routeOptions.url, ...describeError(error) }, 'request failed');
    const status = code === 'INTERNAL_SERVER_ERROR' ? 500 : (error.statusCode ?? 400);
    return reply.code(status).send({ errors: [presentCode(code, localeOf(request.headers['accept-language']))] });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ errors: [presentCode('PATH_NOT_FOUND', localeOf(request.headers['accept-language']))] }),
  );

  app.server.maxConnections = options.maxConnections ?? usualMaxConnections;
  boundConnectionsPerAddress(app.server, {
    most: options.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY,
    speaksForMany: isTrustedProxy,
    refused: options.connectionRefused,
  });
  // without a listener, a connection that could not be accepted would end the process
  app.server.once('listening', () => {
    app.server.on('error', (error) => {
      options.log.error(describeError(error), 'a connection could not be accepted');
    });
  });
  const draining = drainOnClose(app, { delayMs: options.drainDelayMs ?? 0 });
  let wasReady = false;
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    if (draining.isUnderWay()) return await reply.code(503).send({ status: 'stopping' });
    const checks = await options.readiness();
    const isWhole = Object.values(checks).every(Boolean);
    wasReady ||= isWhole;
    if (isWhole) return { status: 'ok', checks };
    if (wasReady && options.staysReady === true) return { status: 'degraded', checks };
    return await reply.code(503).send({ status: 'unavailable', checks });
  });
  return app;
}

/** Connections that may wait to be accepted: one more is tried again by its client a second later, whoever that is. */
const backlog = 4_096;

/** Starts listening and tells the address; a port in use is named in the error, with what to do about it. */
export async function listen(
  app: FastifyInstance,
  address: ListenAddress,
  naming: { readonly service: string; readonly portVariable: string },
): Promise<string> {
  try {
    const url = await app.listen({ host: address.host, port: address.port, backlog });
    return app.server instanceof SecureServer ? url.replace('http:', 'https:') : url;
  } catch (cause) {
    if (isPortTaken(cause)) {
      throw new PortTaken({ ...naming, port: address.port }, { cause });
    }
    throw cause;
  }
}

const isPortTaken = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EADDRINUSE';

/** The port a service was told to listen on belongs to another program. */
export class PortTaken extends Error {
  constructor(
    taken: { readonly service: string; readonly port: number; readonly portVariable: string },
    options?: ErrorOptions,
  ) {
    super(`Port ${taken.port} for ${taken.service} is in use; set ${taken.portVariable} to a free port.`, options);
    this.name = 'PortTaken';
  }
}

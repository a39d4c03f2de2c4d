import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

import { SECOND_MS } from '../time/index.ts';
import type { ServerCertificate } from './certificate.ts';

/** How long whoever is connected may take, in milliseconds. */
export interface ServerTimes {
  /** For the head of a request, from its first byte or from the connection. */
  readonly headMs: number;
  /** For a whole request, its body included. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly idleMs: number;
  /** Without a byte in either direction while a request is under way: for those who do not read their answer. */
  readonly silenceMs: number;
  /** How often it is looked who is late. */
  readonly lookEveryMs: number;
}

export const usualTimes: ServerTimes = {
  headMs: 10 * SECOND_MS,
  requestMs: 15 * SECOND_MS,
  // longer than balancers keep a connection, so that it is they who end it
  idleMs: 75 * SECOND_MS,
  silenceMs: 30 * SECOND_MS,
  // node looks every 30 s unless told, three times later than a head may be
  lookEveryMs: SECOND_MS,
};

/** The largest head of a request that is read; a larger one is answered 431. */
const maxHeadBytes = 16_384;

/** Makes an HTTP server (HTTPS with a certificate) that waits for nobody longer than it may. */
export function createBoundedServer(
  options: { readonly times: ServerTimes; readonly certificate: ServerCertificate | undefined },
  listener: RequestListener,
): Server {
  const { times, certificate } = options;
  const bounds = {
    headersTimeout: times.headMs,
    requestTimeout: Math.max(times.headMs, times.requestMs),
    keepAliveTimeout: times.idleMs,
    connectionsCheckingInterval: times.lookEveryMs,
    maxHeaderSize: maxHeadBytes,
    // node would refuse it without a word
    requireHostHeader: false,
  };
  const server =
    certificate === undefined
      ? createServer(bounds, listener)
      : certificate.servedBy(createSecureServer({ ...bounds, ...certificate.options() }, listener));
  // whoever expects what nobody has heard of is answered all the same; node would refuse it without a word
  server.on('checkExpectation', listener);
  return server.setTimeout(times.silenceMs);
}

import { presentCode } from '@supergraph/platform/errors';
import { createHttpServer, type Readiness } from '@supergraph/platform/server';
import type { Logger } from '@supergraph/platform/telemetry';
import type { FastifyInstance } from 'fastify';

import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';

const maxBodyBytes = 1_024;
const maxConnections = 100;

/**
 * Makes the server for those who run the gateway: `/metrics`, `/livez`, `/readyz`, and `/reload`, which looks for a new
 * supergraph. It has a port of its own that is never reached through the public one, and nobody has to prove anything
 * there, so it belongs on the loopback; a page in a browser gets nothing.
 */
export function createAdminServer(by: {
  readonly metrics: GatewayMetrics;
  readonly readiness: Readiness;
  /** Tells what came of it. */
  readonly reload: () => Promise<object>;
  readonly log: Logger;
}): FastifyInstance {
  const app = createHttpServer({ log: by.log, maxBodyBytes, maxConnections, readiness: by.readiness });
  app.addHook('onRequest', async ({ headers }, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const isFromPage = headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site';
    if (isFromPage) await reply.code(403).send({ errors: [presentCode('FORBIDDEN', 'en')] });
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await by.metrics.text();
    return await reply.type(contentType).send(body);
  });
  app.post('/reload', async () => await by.reload());
  return app;
}

import type { FastifyInstance } from 'fastify';

/** What keeps browsers from guessing, framing, storing or passing on what we answer. */
export const onEveryAnswer = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Sandbox states its own sources in its page; this adds what a page cannot say of itself. */
export const pagePolicy = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'";

/** Sends those headers, and the id under which the log knows the request. */
export function sendSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ ...onEveryAnswer, 'x-request-id': request.id });
    done();
  });
}

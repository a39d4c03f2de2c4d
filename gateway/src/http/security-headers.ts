import type { FastifyInstance } from 'fastify';

/** What keeps browsers from guessing, framing, embedding, storing or passing on what we answer. */
export const onEveryAnswer = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  vary: 'Accept, Accept-Language, Authorization',
} as const;

/** Makes browsers come back by HTTPS alone for two years; said only over HTTPS, since it would not count otherwise. */
export const httpsOnly = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } as const;

/** Sandbox states its own sources in its page; this adds what a page cannot say of itself. */
export const onEveryPage = {
  'content-security-policy': "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'",
  'cross-origin-opener-policy': 'same-origin-allow-popups',
} as const;

/** Sends those headers, and the id under which the log knows the request. */
export function sendSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isSecure = request.protocol === 'https';
    void reply.headers({ ...onEveryAnswer, ...(isSecure && httpsOnly), 'x-request-id': request.id });
    done();
  });
}

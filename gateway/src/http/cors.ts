import type { FastifyInstance } from 'fastify';

import { clientNameHeader } from '../rate-limit/client-name.ts';
import { rateLimitHeaderNames } from '../rate-limit/rate-limit-headers.ts';
import { onEveryAnswer } from './security-headers.ts';

const preflightSeconds = '600';
const vary = `${onEveryAnswer.vary}, Origin`;
const readable = ['retry-after', 'x-request-id', ...rateLimitHeaderNames].join(', ');
const sendable = [
  'authorization',
  'content-type',
  'accept-language',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  clientNameHeader,
  'apollographql-client-version',
].join(', ');

/** The headers by which a page of an origin may read an answer, or by which it is known to depend on the origin. */
export type OriginPolicy = (origin: string | undefined) => Readonly<Record<string, string>>;

/** Makes the policy that lets pages of the listed origins read answers, and no others. */
export function createOriginPolicy(origins: readonly string[]): OriginPolicy {
  const allowed = new Set(origins);
  return (origin) => {
    if (allowed.size === 0) return {};
    if (origin === undefined || !allowed.has(origin)) return { vary };
    return { vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': readable };
  };
}

/** Lets pages call the gateway as the policy says; any other page gets no permission, whatever it asks. */
export function allowOrigins(app: FastifyInstance, headersFor: OriginPolicy): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': askedMethod } = request.headers;
    const headers = headersFor(origin);
    void reply.headers(headers);
    const isAllowed = 'access-control-allow-origin' in headers;
    if (!isAllowed || request.method !== 'OPTIONS' || askedMethod === undefined) return;
    await reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': sendable,
        'access-control-max-age': preflightSeconds,
      })
      .send();
  });
}

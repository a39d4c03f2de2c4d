import type { OutgoingHttpHeaders } from 'node:http';

import { expect } from '@jest/globals';
import { errorCatalogue, type ErrorCode } from '@supergraph/platform/errors';

import { rawRequest, type RawReply } from './raw-request.ts';

/** Words that only the inside of the system uses. */
export const leak = /127\.0|http:|at \/|prisma|select /i;

export const json = { 'content-type': 'application/json' };

const slowestMs = 100;
const shownExtensions = new Set(['code', 'retryable', 'retryAfterMs', 'field', 'traceId']);

/** A request that should be refused; POST with a JSON content type unless it says otherwise. */
export interface BadRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array | undefined;
}

/** An error as it stands in an answer. */
export interface ErrorShown {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

export const asking = (query: unknown, more: object = {}): BadRequest => ({
  body: JSON.stringify({ query, ...more }),
});

export const errorsIn = (text: string): readonly ErrorShown[] =>
  (JSON.parse(text) as { readonly errors?: readonly ErrorShown[] }).errors ?? [];

/** Sends a request just as it is. */
export async function send(url: string, request: BadRequest, language: 'ko' | 'en' = 'ko'): Promise<RawReply> {
  const { method = 'POST', path = '/graphql', headers = json, body } = request;
  return await rawRequest(`${url}${path}`, { method, headers: { ...headers, 'accept-language': language }, body });
}

/** Expects one error of this code, with its status and its text in both languages, fast, in JSON, and nothing internal. */
export async function expectRefusal(url: string, request: BadRequest, code: ErrorCode): Promise<void> {
  const entry = errorCatalogue[code];
  let fastestMs = Number.POSITIVE_INFINITY;
  for (const language of ['ko', 'en', 'ko'] as const) {
    const reply = await send(url, request, language);
    const [error, ...others] = errorsIn(reply.text);
    const extensions = error?.extensions ?? {};
    expect([reply.status, extensions['code'], others]).toEqual([entry.httpStatus, code, []]);
    expect(error?.message).toBe(entry[language]);
    expect(extensions['retryable']).toBe(entry.isRetryable);
    expect(extensions['traceId']).toBe(reply.headers['x-request-id']);
    expect(Object.keys(extensions).filter((key) => !shownExtensions.has(key))).toEqual([]);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(reply.text).not.toMatch(leak);
    fastestMs = Math.min(fastestMs, reply.tookMs);
  }
  expect(fastestMs).toBeLessThan(slowestMs);
}

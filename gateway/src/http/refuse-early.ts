import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:tls';

import { localeOf } from '@supergraph/platform/errors';
import type { FastifyInstance } from 'fastify';

import { presentRefusal } from '../answer/present-answer.ts';
import type { RequestObserver } from '../metrics/observers.ts';
import { overload, type LoadShedding } from '../overload/load-shedding.ts';
import type { RequestKind } from '../overload/request-kind.ts';
import type { OriginPolicy } from './cors.ts';
import { graphqlPath } from './graphql-route.ts';
import { httpsOnly, onEveryAnswer } from './security-headers.ts';

/**
 * Stands before the HTTP framework and answers what load shedding has no room for: a refusal that costs a third of what
 * it would inside, and so leaves the time to those who are answered. Everything else enters as if this were not here.
 */
export function refuseEarly(
  app: FastifyInstance,
  by: {
    readonly shedding: LoadShedding;
    readonly kindOf: (body: Buffer) => RequestKind;
    readonly originHeaders: OriginPolicy;
    readonly answered: RequestObserver;
  },
): void {
  const { shedding } = by;
  const secure = app.server instanceof SecureServer ? httpsOnly : {};

  function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
    const requestId = randomUUID();
    const reader = { locale: localeOf(headers['accept-language']), requestId };
    const { status, retryAfterSeconds, body } = presentRefusal(overload, reader);
    const text = JSON.stringify(body);
    response.writeHead(status, {
      ...onEveryAnswer,
      ...secure,
      ...by.originHeaders(headers.origin),
      ...(!app.server.listening && { connection: 'close' }),
      'x-request-id': requestId,
      'retry-after': String(retryAfterSeconds),
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
    by.answered({ kind: 'unread', status, code: overload.code, tookMs: 0 });
  }

  /** Decides by the first piece of a body if that is all of it, as it mostly is; else leaves it to the route. */
  function isRefusedBy(firstPiece: Buffer | null, { headers }: IncomingMessage): boolean {
    const isWhole = firstPiece !== null && firstPiece.length === Number(headers['content-length']);
    return isWhole && !shedding.hasRoomFor(by.kindOf(firstPiece));
  }

  function admit(request: IncomingMessage, response: ServerResponse): void {
    const enter = () => {
      app.routing(request, response);
    };
    const [forReads, forChanges] = [shedding.hasRoomFor('read'), shedding.hasRoomFor('change')];
    if ((forReads && forChanges) || request.method !== 'POST' || request.url !== graphqlPath) {
      enter();
    } else if (!forReads && !forChanges) {
      refuse(request, response);
    } else {
      request.once('readable', () => {
        const firstPiece: unknown = request.read();
        const body = Buffer.isBuffer(firstPiece) ? firstPiece : null;
        if (isRefusedBy(body, request)) {
          refuse(request, response);
          return;
        }
        if (body !== null) request.unshift(body);
        enter();
      });
    }
  }

  for (const event of ['request', 'checkExpectation']) app.server.removeAllListeners(event).on(event, admit);
}

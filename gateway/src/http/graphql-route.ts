import { Buffer } from 'node:buffer';
import { setMaxListeners } from 'node:events';

import { CodedError, localeOf } from '@supergraph/platform/errors';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { AnswerOperation, Arrival } from '../answer-operation.ts';
import { presentRefusal, type Answer } from '../answer/present-answer.ts';
import type { RequestObserver } from '../metrics/observers.ts';
import type { LoadShedding } from '../overload/load-shedding.ts';
import type { RequestKind } from '../overload/request-kind.ts';
import { clientNameHeader, clientNameOf } from '../rate-limit/client-name.ts';
import { rateLimitHeaders } from '../rate-limit/rate-limit-headers.ts';
import { challengeOf } from './challenge.ts';
import { clientAddressOf } from './client-address.ts';
import { mayBeForged } from './cross-site.ts';
import { announcesJson, chooseAnswerFormat, wantsPage, type AnswerFormat } from './media-types.ts';
import { readFault } from './read-fault.ts';
import { readJson, readOperationRequest, type OperationRequest } from './read-operation-request.ts';
import { readQueryString } from './read-query-string.ts';
import { onEveryPage } from './security-headers.ts';
import { statusFor } from './status-for-format.ts';

/** Where GraphQL is answered. */
export const graphqlPath = '/graphql';
const longestUserAgent = 256;
const otherMethods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
/** For whoever accepts nothing that we have: the refusal says so all the same. */
const lastResort: AnswerFormat = { type: 'application/json', isNamed: false };

/** Header text that may be sent on: printable ASCII, bounded. */
const printable = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text.slice(0, longestUserAgent).replace(/[^\x20-\x7e]/g, '?');

function arrivalOf(request: FastifyRequest, reply: FastifyReply): Arrival {
  const controller = new AbortController();
  // one for each fetch under way, however many a plan has
  setMaxListeners(0, controller.signal);
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the client went away'));
  });
  return {
    requestId: request.id,
    locale: localeOf(request.headers['accept-language']),
    rawHeaders: request.raw.rawHeaders,
    mayChange: request.method === 'POST',
    client: { address: clientAddressOf(request), userAgent: printable(request.headers['user-agent']) },
    clientName: clientNameOf(request.headers[clientNameHeader]),
    clientGone: controller.signal,
    tellStanding: (standing) => {
      void reply.headers(rateLimitHeaders(standing));
    },
  };
}

type Check = (request: FastifyRequest, reply: FastifyReply, done: (error?: CodedError) => void) => void;

/** By POST, operations come as JSON alone, which no foreign page can make a browser send unasked. */
const assertPost: Check = ({ headers }, _reply, done) => {
  if (chooseAnswerFormat(headers.accept) === null) done(new CodedError('NOT_ACCEPTABLE'));
  else if (!announcesJson(headers['content-type'])) done(new CodedError('UNSUPPORTED_MEDIA_TYPE'));
  else done();
};

const assertGet: Check = ({ headers }, _reply, done) => {
  if (wantsPage(headers.accept) || chooseAnswerFormat(headers.accept) === null) done(new CodedError('NOT_ACCEPTABLE'));
  else if (mayBeForged(headers)) done(new CodedError('PREFLIGHT_REQUIRED'));
  else done();
};

const refuseMethod: Check = (_request, _reply, done) => {
  done(new CodedError('METHOD_NOT_ALLOWED'));
};

/** Serves GraphQL at /graphql, and a page for browsers there if one is given. Every answer but the page is JSON. */
export function serveGraphql(
  app: FastifyInstance,
  by: {
    readonly answer: AnswerOperation;
    readonly shedding: LoadShedding;
    readonly kindOf: (body: Buffer) => RequestKind;
    readonly readPage: (() => Promise<string>) | null;
    readonly answered: RequestObserver;
    readonly log: Logger;
  },
): void {
  const { readPage } = by;
  const arrivedAtMs = new WeakMap<FastifyRequest, number>();

  const kindOfRequest = ({ method, body }: FastifyRequest): RequestKind =>
    method === 'POST' && Buffer.isBuffer(body) ? by.kindOf(body) : 'read';

  /** Sends an answer in the media type that the client likes best. */
  async function send(answer: Answer, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const format = chooseAnswerFormat(request.headers.accept) ?? lastResort;
    const status = statusFor(format, answer);
    if (answer.retryAfterSeconds !== null) void reply.header('retry-after', String(answer.retryAfterSeconds));
    if (status === 401) void reply.header('www-authenticate', challengeOf(answer));
    const code = answer.body.errors?.[0]?.extensions.code ?? null;
    const tookMs = performance.now() - (arrivedAtMs.get(request) ?? performance.now());
    by.answered({ kind: kindOfRequest(request), status, code, tookMs });
    await reply.code(status).type(`${format.type}; charset=utf-8`).send(JSON.stringify(answer.body));
  }

  async function answer(
    readRequest: () => OperationRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const answered = await by.shedding.run(
      () => kindOfRequest(request),
      () => by.answer(readRequest(), arrivalOf(request, reply)),
    );
    await send(answered, request, reply);
  }

  app.register((graphql, _options, done) => {
    graphql.addHook('onRequest', (request, _reply, next) => {
      arrivedAtMs.set(request, performance.now());
      next();
    });
    graphql.removeAllContentTypeParsers();
    graphql.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    graphql.setErrorHandler<FastifyError | CodedError>(async (error, request, reply) => {
      const { refusal, isOurs } = readFault(error);
      if (isOurs) by.log.error({ requestId: request.id, ...describeError(error) }, 'a request failed');
      if (refusal.code === 'METHOD_NOT_ALLOWED') {
        void reply.header('allow', request.method === 'GET' ? 'POST' : 'GET, POST');
      }
      const reader = { locale: localeOf(request.headers['accept-language']), requestId: request.id };
      await send(presentRefusal(refusal, reader), request, reply);
    });

    graphql.post<{ Body: Buffer | undefined }>(graphqlPath, { onRequest: assertPost }, async (request, reply) => {
      await answer(() => readOperationRequest(readJson(request.body ?? Buffer.alloc(0))), request, reply);
    });
    graphql.get<{ Querystring: Readonly<Record<string, unknown>> }>(graphqlPath, {
      exposeHeadRoute: false,
      onRequest: (request, reply, next) => {
        if (readPage !== null && wantsPage(request.headers.accept)) next();
        else assertGet(request, reply, next);
      },
      handler: async (request, reply) => {
        if (readPage !== null && wantsPage(request.headers.accept)) {
          return await reply
            .headers(onEveryPage)
            .type('text/html; charset=utf-8')
            .send(await readPage());
        }
        await answer(() => readQueryString(request.query), request, reply);
        return await reply;
      },
    });
    if (readPage !== null) graphql.get('/', async (_request, reply) => await reply.redirect(graphqlPath, 302));
    graphql.route({ method: otherMethods, url: graphqlPath, onRequest: refuseMethod, handler: () => undefined });
    done();
  });
}

import { setMaxListeners } from 'node:events';

import { CodedError, localeOf } from '@supergraph/platform/errors';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { AnswerOperation, Arrival } from '../answer-operation.ts';
import { presentRefusal, type Answer } from '../answer/present-answer.ts';
import type { LoadShedding } from '../overload/load-shedding.ts';
import { kindOf } from '../overload/request-kind.ts';
import { announcesJson, chooseAnswerType, wantsPage } from './media-types.ts';
import { readFault } from './read-fault.ts';
import { readJson, readOperationRequest } from './read-operation-request.ts';
import { pagePolicy } from './security-headers.ts';

/** Where GraphQL is answered. */
export const graphqlPath = '/graphql';
const longestUserAgent = 256;

/** Sends an answer in the media type that the client likes best. */
async function send(answer: Answer, { headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const type = chooseAnswerType(headers.accept) ?? 'application/json';
  if (answer.retryAfterSeconds !== null) void reply.header('retry-after', String(answer.retryAfterSeconds));
  await reply.code(answer.status).type(`${type}; charset=utf-8`).send(JSON.stringify(answer.body));
}

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
    client: { address: request.ip, userAgent: printable(request.headers['user-agent']) },
    clientGone: controller.signal,
  };
}

/** Operations come as JSON by POST alone, which no foreign page can make a browser send unasked. */
function assertTransport(request: FastifyRequest, _reply: FastifyReply, done: (error?: CodedError) => void): void {
  if (chooseAnswerType(request.headers.accept) === null) done(new CodedError('NOT_ACCEPTABLE'));
  else if (!announcesJson(request.headers['content-type'])) done(new CodedError('UNSUPPORTED_MEDIA_TYPE'));
  else done();
}

function refuseMethod(_request: FastifyRequest, reply: FastifyReply, done: (error: CodedError) => void): void {
  void reply.header('allow', 'POST');
  done(new CodedError('METHOD_NOT_ALLOWED'));
}

/** Serves GraphQL at /graphql, and a page for browsers there if one is given. Every answer but the page is JSON. */
export function serveGraphql(
  app: FastifyInstance,
  by: {
    readonly answer: AnswerOperation;
    readonly shedding: LoadShedding;
    readonly readPage: (() => Promise<string>) | null;
    readonly log: Logger;
  },
): void {
  const { readPage } = by;
  app.register((graphql, _options, done) => {
    graphql.removeAllContentTypeParsers();
    graphql.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    graphql.setErrorHandler<FastifyError | CodedError>(async (error, request, reply) => {
      const { refusal, isOurs } = readFault(error);
      if (isOurs) by.log.error({ requestId: request.id, ...describeError(error) }, 'a request failed');
      const reader = { locale: localeOf(request.headers['accept-language']), requestId: request.id };
      await send(presentRefusal(refusal, reader), request, reply);
    });

    graphql.post<{ Body: Buffer | undefined }>(graphqlPath, { onRequest: assertTransport }, async (request, reply) => {
      const body = request.body ?? Buffer.alloc(0);
      const answer = await by.shedding.run(
        () => kindOf(body),
        () => by.answer(readOperationRequest(readJson(body)), arrivalOf(request, reply)),
      );
      await send(answer, request, reply);
    });
    if (readPage !== null) {
      graphql.get(graphqlPath, {
        onRequest: (request, reply, next) => {
          if (wantsPage(request.headers.accept)) next();
          else refuseMethod(request, reply, next);
        },
        handler: async (_request, reply) =>
          await reply
            .header('content-security-policy', pagePolicy)
            .type('text/html; charset=utf-8')
            .send(await readPage()),
      });
      graphql.get('/', async (_request, reply) => await reply.redirect(graphqlPath, 302));
    }
    const others = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', ...(readPage === null ? ['GET'] : [])];
    graphql.route({
      method: others,
      url: graphqlPath,
      onRequest: refuseMethod,
      handler: () => undefined,
    });
    done();
  });
}

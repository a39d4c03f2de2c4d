import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { CallLog } from './call-log.ts';
import type { Ending, Faults, Work } from './faults.ts';
import { garble } from './malformed-answer.ts';
import { subject, type Effect, type Operation } from './operations/operation.ts';
import type { Pacing } from './pacing.ts';
import { answerWith, type Answer } from './result-codes.ts';

interface Deps {
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly pacing: Pacing;
  readonly usualDelayMs: number;
  readonly latencyScale: number;
}

export interface KosServer {
  readonly app: FastifyInstance;
  offer<Asked>(operation: Operation<Asked>): void;
}

/** KOS over HTTP: quota, then the fault that strikes this call, then the delay, then the work. */
export function createKosServer({ calls, faults, pacing, usualDelayMs, latencyScale }: Deps): KosServer {
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 16_384 });
  readBodiesLeniently(app);
  app.setErrorHandler((error, _request, reply) => {
    send(reply, answerWith(isTooLarge(error) ? 'E400' : 'E999'));
  });
  app.setNotFoundHandler((_request, reply) => {
    const admission = calls.arrived('unknown', {});
    if (!admission.isAdmitted) refuseForQuota(reply, admission.retryAfterMs);
    else send(reply, { ...answerWith('E400', null, '존재하지 않는 기능입니다'), status: 404 });
  });

  const serve = async <Asked>(operation: Operation<Asked>, request: FastifyRequest, reply: FastifyReply) => {
    const fields = fieldsOf(request);
    const about = subject.parse(fields);
    const admission = calls.arrived(operation.name, about);
    if (!admission.isAdmitted) {
      refuseForQuota(reply, admission.retryAfterMs);
      return;
    }
    const asked = operation.asked.safeParse(fields);
    if (!asked.success) {
      send(reply, answerWith('E400'));
      return;
    }

    const { latencyMs, ending } = faults.strike(operation.name, about);
    await pacing.wait(latencyMs ?? (operation.scenarioLatencyMs?.(asked.data) ?? usualDelayMs) * latencyScale);
    await end(reply, ending, async (effect) => await operation.perform(asked.data, effect));
  };

  return {
    app,
    offer(operation) {
      const { method, path: url } = operation;
      app.route({ method, url, handler: (request, reply) => serve(operation, request, reply) });
    },
  };
}

async function end(reply: FastifyReply, ending: Ending, perform: (effect: Effect) => Promise<Answer>): Promise<void> {
  switch (ending.kind) {
    case 'answer':
      send(reply, await perform({ delayedMs: 0 }));
      break;
    case 'garbled': {
      const answer = await perform({ delayedMs: 0 });
      const { contentType, text } = garble(answer, ending.as);
      void reply.code(answer.status).type(contentType).send(text);
      break;
    }
    case 'fail':
      await performIfDue(ending.work, perform);
      send(reply, { ...answerWith('E999'), status: ending.status });
      break;
    case 'hang':
      await performIfDue(ending.work, perform);
      reply.hijack();
      break;
    case 'reset':
      await performIfDue(ending.work, perform);
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      break;
  }
}

async function performIfDue(work: Work, perform: (effect: Effect) => Promise<Answer>): Promise<void> {
  if (work.done) await perform({ delayedMs: work.delayedMs });
}

/** Returns nothing on purpose: a reply is a thenable, and awaiting one that was hijacked never ends. */
function send(reply: FastifyReply, { status, body }: Answer): void {
  void reply.code(status).send(body);
}

function refuseForQuota(reply: FastifyReply, retryAfterMs: number): void {
  void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
  send(reply, answerWith('E429'));
}

/** A body that cannot be read is no body: the call still counts, and is answered E400 like any other bad input. */
function readBodiesLeniently(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, parseJson(String(body)));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf({ params, query, body }: FastifyRequest): object {
  return { ...asObject(query), ...asObject(body), ...asObject(params) };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 413;
}

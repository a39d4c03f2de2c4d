import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z, ZodError } from 'zod';
import type { Fault, Faults } from './faults.ts';
import { resultBody, resultTypes, type ReceivedResults, type ResultType } from './received-results.ts';

const resultQuery = z.strictObject({
  type: z.enum(resultTypes).optional(),
  lineId: z.string().optional(),
  since: z.iso.datetime({ offset: true }).optional(),
});

/** The AP server over HTTP: takes results, and tells what it took. */
export function createResultServer(received: ReceivedResults, faults: Faults): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
    throw error;
  });

  const take = (path: string, type: ResultType): void => {
    app.post(path, async (request, reply) => {
      const body = resultBody.parse(request.body);
      const fault = faults.strike(type);
      if (fault) {
        if (fault.isReceived) await received.receive(type, body);
        failAs(fault, reply);
        return;
      }
      const { isDuplicate } = await received.receive(type, body);
      await reply.code(202).send({ eventId: body.eventId, isDuplicate });
    });
  };
  take('/results/bills', 'bill');
  take('/results/product-changes', 'product-change');
  app.get('/results', (request) => received.find(resultQuery.parse(request.query)));
  return app;
}

/** Returns nothing on purpose: a reply is a thenable, and awaiting one that was hijacked never ends. */
function failAs({ status, instead }: Fault, reply: FastifyReply): void {
  if (instead === undefined) {
    void reply.code(status).send({ error: 'The AP server cannot take results now' });
    return;
  }
  reply.hijack();
  if (instead === 'reset') reply.raw.socket?.resetAndDestroy();
}

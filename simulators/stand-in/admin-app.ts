import Fastify, { type FastifyInstance } from 'fastify';
import { z, ZodError } from 'zod';

/** What every simulated system can be told: to refuse connections, and to come back at the same address. */
interface Stoppable {
  stopListening(): Promise<void>;
  resume(): Promise<void>;
}

/** The HTTP side of an admin door. Whatever content type a tool declares, a body is JSON; an empty one is none. */
export function createAdminApp(admin: Stoppable): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return reply.code(400).send({ error: 'the body is not JSON' });
    throw error;
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString();
    try {
      done(null, text === '' ? undefined : JSON.parse(text));
    } catch (error) {
      done(error instanceof Error ? error : new SyntaxError('not JSON'));
    }
  });
  app.post('/stop-listening', async (_request, reply) => {
    await admin.stopListening();
    await reply.code(204).send();
  });
  app.post('/resume', async (_request, reply) => {
    await admin.resume();
    await reply.code(204).send();
  });
  return app;
}

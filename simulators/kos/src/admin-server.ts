import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { createAdminApp } from '../../stand-in/admin-app.ts';
import type { KosAdmin } from './admin.ts';
import { readFaultRules } from './faults.ts';
import { readLineQuery } from './find-lines.ts';

const countQuery = z.object({ windowMs: z.coerce.number().int().positive().default(60_000) });

export function createAdminServer(admin: KosAdmin): FastifyInstance {
  const app = createAdminApp(admin);
  app.get('/faults', () => admin.faults.list());
  app.put('/faults', (request) => {
    admin.faults.replace(readFaultRules(request.body));
    return admin.faults.list();
  });
  app.delete('/faults', (_request, reply) => {
    admin.faults.clear();
    return reply.code(204).send();
  });
  app.get('/calls', () => admin.calls());
  app.get('/calls/count', (request) => admin.callCount(countQuery.parse(request.query).windowMs));
  app.get('/changes', () => admin.changes());
  app.get('/lines', (request) => admin.findLines(readLineQuery(request.query)));
  app.post('/reset', (_request, reply) => {
    admin.reset();
    return reply.code(204).send();
  });
  return app;
}

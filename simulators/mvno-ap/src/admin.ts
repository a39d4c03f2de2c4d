import type { FastifyInstance } from 'fastify';
import { createAdminApp } from '../../stand-in/admin-app.ts';
import type { Door } from '../../stand-in/door.ts';
import { readFaults, type Fault, type FaultInput, type Faults } from './faults.ts';
import type { ReceivedResults, ResultQuery, ResultsAnswer } from './received-results.ts';

/** What a test may do to the AP server behind its back; the admin door offers the same over HTTP. */
export interface MvnoApAdmin {
  readonly faults: {
    list(): readonly Fault[];
    replace(faults: readonly FaultInput[]): void;
    clear(): void;
  };
  results(query?: ResultQuery): ResultsAnswer;
  /** Refuses connections until `resume`, which listens on the same port again. */
  stopListening(): Promise<void>;
  resume(): Promise<void>;
}

interface Deps {
  readonly faults: Faults;
  readonly received: ReceivedResults;
  readonly door: Door;
}

export function createMvnoApAdmin({ faults, received, door }: Deps): MvnoApAdmin {
  return {
    faults: {
      list: () => faults.list(),
      replace: (rules) => {
        faults.replace(readFaults(rules));
      },
      clear: () => {
        faults.replace([]);
      },
    },
    results: (query = {}) => received.find(query),
    stopListening: () => door.shut(),
    async resume() {
      await door.open();
    },
  };
}

export function createAdminServer(admin: MvnoApAdmin): FastifyInstance {
  const app = createAdminApp(admin);
  app.get('/faults', () => admin.faults.list());
  app.put('/faults', (request) => {
    admin.faults.replace(readFaults(request.body));
    return admin.faults.list();
  });
  app.delete('/faults', (_request, reply) => {
    admin.faults.clear();
    return reply.code(204).send();
  });
  return app;
}

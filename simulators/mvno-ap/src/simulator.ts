import { join } from 'node:path';
import { createDoor } from '../../stand-in/door.ts';
import { createFileJournal, createMemoryJournal } from '../../stand-in/journal.ts';
import { createAdminServer, createMvnoApAdmin, type MvnoApAdmin } from './admin.ts';
import type { Clock } from '../../stand-in/clock.ts';
import type { MvnoApConfig } from './config.ts';
import { createFaults } from './faults.ts';
import { createReceivedResults, decodeDelivery, type Delivery } from './received-results.ts';
import { createResultServer } from './result-server.ts';

export interface MvnoApSimulator {
  /** Reads the kept results, then listens; the addresses have no trailing path. */
  listen(): Promise<{ url: string; adminUrl: string }>;
  close(): Promise<void>;
  readonly admin: MvnoApAdmin;
}

export function createMvnoApSimulator(config: MvnoApConfig, { clock }: { clock: Clock }): MvnoApSimulator {
  const received = createReceivedResults(journalIn(config.dataDir), clock);
  const faults = createFaults();
  const app = createResultServer(received, faults);
  const door = createDoor(app.server, config);
  const admin = createMvnoApAdmin({ faults, received, door });
  const adminServer = createAdminServer(admin);
  const adminDoor = createDoor(adminServer.server, { host: '127.0.0.1', port: config.adminPort });

  return {
    admin,
    async listen() {
      await received.load();
      await Promise.all([app.ready(), adminServer.ready()]);
      return { url: await door.open(), adminUrl: await adminDoor.open() };
    },
    async close() {
      await Promise.all([door.shut(), adminDoor.shut()]);
      await Promise.all([app.close(), adminServer.close()]);
      await received.close();
    },
  };
}

function journalIn(dataDir: string | null) {
  if (dataDir === null) return createMemoryJournal<Delivery>();
  return createFileJournal({ path: join(dataDir, 'received-results.jsonl'), decode: decodeDelivery });
}

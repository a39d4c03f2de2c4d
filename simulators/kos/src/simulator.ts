import { join } from 'node:path';
import { createDoor } from '../../stand-in/door.ts';
import { createFileJournal, createMemoryJournal } from '../../stand-in/journal.ts';
import { createAdminServer } from './admin-server.ts';
import { createKosAdmin, type KosAdmin } from './admin.ts';
import type { Clock } from '../../stand-in/clock.ts';
import { createCallLog } from './call-log.ts';
import { createChangeLedger, decodeChangeRecord, type ChangeRecord } from './change-ledger.ts';
import type { KosConfig } from './config.ts';
import { createFaults } from './faults.ts';
import { createFindLines } from './find-lines.ts';
import { createKosServer } from './kos-server.ts';
import { createLineStanding } from './line-standing.ts';
import { createBillInquiry, createBillLookup } from './operations/bill-inquiry.ts';
import { createChangeStatus } from './operations/change-status.ts';
import { createCustomerLookup } from './operations/customer.ts';
import { createLineStatus } from './operations/line-status.ts';
import { createProductChange } from './operations/product-change.ts';
import { createProductList } from './operations/products.ts';
import { createPacing } from './pacing.ts';
import { createPopulation } from './population.ts';

export interface KosSimulator {
  /** Reads the kept changes, then listens; the addresses have no trailing path. */
  listen(): Promise<{ url: string; adminUrl: string }>;
  close(): Promise<void>;
  readonly admin: KosAdmin;
}

export function createKosSimulator(config: KosConfig, { clock }: { clock: Clock }): KosSimulator {
  const population = createPopulation(config);
  const ledger = createChangeLedger(journalIn(config.dataDir), clock);
  const standing = createLineStanding(ledger, clock);
  const calls = createCallLog({ clock, callsPerMinute: config.callsPerMinute });
  const faults = createFaults();
  const pacing = createPacing();
  const { latencyScale, successDelayMs: usualDelayMs } = config;

  const kos = createKosServer({ calls, faults, pacing, usualDelayMs, latencyScale });
  kos.offer(createBillInquiry({ population, standing }));
  kos.offer(createProductChange({ population, standing, ledger, clock }));
  kos.offer(createChangeStatus({ ledger, clock }));
  kos.offer(createCustomerLookup({ population, standing }));
  kos.offer(createProductList(standing));
  kos.offer(createLineStatus({ population, standing }));

  const door = createDoor(kos.app.server, config);
  const findLines = createFindLines({ population, standing });
  const billOf = createBillLookup({ population, standing });
  const admin = createKosAdmin({ faults, calls, ledger, findLines, billOf, clock, door });
  const adminServer = createAdminServer(admin);
  const adminDoor = createDoor(adminServer.server, { host: '127.0.0.1', port: config.adminPort });

  return {
    admin,
    async listen() {
      await ledger.load();
      await Promise.all([kos.app.ready(), adminServer.ready()]);
      return { url: await door.open(), adminUrl: await adminDoor.open() };
    },
    async close() {
      pacing.close();
      await Promise.all([door.shut(), adminDoor.shut()]);
      await Promise.all([kos.app.close(), adminServer.close()]);
      await ledger.close();
    },
  };
}

function journalIn(dataDir: string | null) {
  if (dataDir === null) return createMemoryJournal<ChangeRecord>();
  return createFileJournal({ path: join(dataDir, 'plan-changes.jsonl'), decode: decodeChangeRecord });
}

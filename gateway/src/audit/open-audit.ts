import type { KeyRing } from '@supergraph/platform/encryption';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { Clock } from '@supergraph/platform/time';

import type { AuditStore } from './audit-store.ts';
import { createAuditTrail, type TrailEvents } from './audit-trail.ts';
import { createChain } from './chain.ts';
import { createChainWriter } from './chain-writer.ts';
import { createRecordWriter } from './record-writer.ts';
import { createOperationAudit, noAudit, type OperationAudit } from './operation-audit.ts';
import { openAuditDatabase } from './storage/audit-database.ts';
import { createSqlAuditStore } from './storage/sql-audit-store.ts';

/** How a gateway keeps its audit. */
export interface AuditConfig {
  readonly databaseUrl: string;
  readonly keys: KeyRing;
}

/** One statement is under way at most; the other connection finds out about one whose answer was lost. */
const maxConnections = 2;

/** Opens the audit of a gateway; its database need not answer yet. */
export function openAudit(by: {
  /** Null when nothing is to be written down. */
  readonly config: AuditConfig | null;
  /** Takes the place of the database. */
  readonly store: AuditStore | undefined;
  /** Whether the graph is not ours, and nobody signs in. */
  readonly isOpen: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}): OperationAudit {
  const { config, clock, log } = by;
  if (by.isOpen || config === null) return noAudit;
  const { keys } = config;
  const store = by.store ?? openStore(config.databaseUrl, log);
  const writer = createChainWriter({ store, chain: createChain(keys) });
  const trail = createAuditTrail({ writer, clock, events: eventsTo(log) });
  const audit = createOperationAudit({ trail, write: createRecordWriter({ keys, clock }) });
  return {
    ...audit,
    async close() {
      await audit.close();
      await store.close();
    },
  };
}

function openStore(url: string, log: Logger): AuditStore {
  const onError = (error: Error) => {
    log.warn(describeError(error), 'a connection to the database broke');
  };
  return createSqlAuditStore(openAuditDatabase({ url, maxConnections, onError }));
}

const eventsTo = (log: Logger): TrailEvents => ({
  away: (error) => {
    log.error(describeError(error), 'the audit cannot be written: reads are held in memory, changes are refused');
  },
  back: (held) => {
    log.warn({ held }, 'the audit is written again');
  },
  anchor: ({ sequence, hash }) => {
    log.info({ anchor: `${sequence}:${hash}` }, 'the audit has come this far');
  },
  lost: (records) => {
    log.error({ records }, 'records of the audit are lost');
  },
});

import { ConfigError } from '@supergraph/platform/config';
import type { KeyRing } from '@supergraph/platform/encryption';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { Clock } from '@supergraph/platform/time';

import type { AuditStore } from './audit-store.ts';
import { createAuditTrail, type TrailEvents } from './audit-trail.ts';
import type { DeclaredSupergraph } from './audited-graph.ts';
import { compileAudit } from './audited-fields.ts';
import { createChain } from './chain.ts';
import { createChainWriter } from './chain-writer.ts';
import { createRecordWriter } from './draft.ts';
import { createOperationAudit, noAudit, type OperationAudit } from './operation-audit.ts';
import { openAuditDatabase } from './storage/audit-database.ts';
import { createSqlAuditStore } from './storage/sql-audit-store.ts';

/** How a gateway keeps its audit. */
export interface AuditConfig {
  readonly databaseUrl: string | undefined;
  readonly keys: KeyRing | undefined;
  /** Whether it may serve audited fields and write nothing down. */
  readonly mayBeOff: boolean;
}

/** The audit of a gateway. */
export interface Audit extends OperationAudit {
  /** Throws ConfigError for a supergraph with audited fields of which nothing would be written down. */
  assertCovers(supergraph: DeclaredSupergraph): void;
}

/** One statement is under way at most; the other connection finds out about one whose answer was lost. */
const maxConnections = 2;

/** Opens the audit of a gateway; its database need not answer yet. */
export function openAudit(by: {
  readonly config: AuditConfig;
  /** Takes the place of the database. */
  readonly store: AuditStore | undefined;
  /** Whether the graph is not ours, and nobody signs in. */
  readonly isOpen: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}): Audit {
  const { config, clock, log } = by;
  const { keys } = config;
  if (by.isOpen) return { ...noAudit, assertCovers: nothing };
  const store = by.store ?? openStore(config.databaseUrl, log);
  if (store === null || keys === undefined) {
    return { ...noAudit, assertCovers: config.mayBeOff ? nothing : refuse };
  }

  const writer = createChainWriter({ store, chain: createChain(keys) });
  const trail = createAuditTrail({ writer, clock, events: eventsTo(log) });
  const audit = createOperationAudit({ trail, write: createRecordWriter({ keys, clock }) });
  return {
    ...audit,
    assertCovers: nothing,
    async close() {
      await audit.close();
      await store.close();
    },
  };
}

const nothing = (): void => undefined;

function refuse({ schema, directives }: DeclaredSupergraph): void {
  if (!compileAudit(directives, schema).areAny) return;
  throw new ConfigError('The gateway', [
    'GATEWAY_DATABASE_URL and AUDIT_CHAIN_KEYS are missing: the supergraph has @audited fields (AUDIT=off does without, outside of production)',
  ]);
}

function openStore(url: string | undefined, log: Logger): AuditStore | null {
  if (url === undefined) return null;
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

import type { AuditStore } from '../audit-store.ts';
import { beginning, type ChainEnd, type ChainLink } from '../chain.ts';
import type { AuditDatabase } from './audit-database.ts';

/** The chain in PostgreSQL, shared by all gateways. */
export function createSqlAuditStore(database: AuditDatabase): AuditStore {
  const readEnd = async (): Promise<ChainEnd | null> => {
    const found = await database.auditChain.findFirst();
    return found === null ? null : { sequence: Number(found.sequence), hash: found.hash };
  };

  return {
    async end() {
      const found = await readEnd();
      if (found !== null) return found;
      // Several gateways may begin at once.
      await database.auditChain.createMany({ data: [beginning], skipDuplicates: true });
      return (await readEnd()) ?? beginning;
    },

    async hashAt(sequence) {
      const found = await database.auditRecord.findUnique({ where: { sequence }, select: { hash: true } });
      return found?.hash ?? null;
    },

    /** One statement: it waits for another gateway's that is under way, and then finds that the end has moved. */
    async append(behind, links) {
      const last = links.at(-1);
      if (last === undefined) return true;
      const [found] = await database.$queryRaw<{ written: number }[]>`
        WITH moved AS (
          UPDATE audit_chain SET sequence = ${last.sequence}, hash = ${last.hash}
          WHERE sequence = ${behind.sequence} AND hash = ${behind.hash} RETURNING sequence),
        written AS (
          INSERT INTO audit_record (
            sequence, request_id, stage, at, actor_user_id, actor_role, actor_session_id, sealed_address, client_name,
            operation_name, operation_kind, document_hash, acts, subjects, outcome, rows_seen, times, key_id, hash)
          SELECT link.* FROM moved, jsonb_to_recordset(${JSON.stringify(links.map(rowOf))}::jsonb) AS link (
            sequence bigint, request_id text, stage audit_stage, at timestamptz, actor_user_id text, actor_role text,
            actor_session_id text, sealed_address text, client_name text, operation_name text,
            operation_kind operation_kind, document_hash text, acts text[], subjects text[], outcome text,
            rows_seen int, times int, key_id text, hash text)
          RETURNING sequence)
        SELECT count(*)::int AS written FROM written`;
      return found?.written === links.length;
    },

    close: () => database.$disconnect(),
  };
}

const rowOf = ({ record, sequence, keyId, hash }: ChainLink) => ({
  sequence,
  request_id: record.requestId,
  stage: record.stage,
  at: record.at,
  actor_user_id: record.actorUserId,
  actor_role: record.actorRole,
  actor_session_id: record.actorSessionId,
  sealed_address: record.sealedAddress,
  client_name: record.clientName,
  operation_name: record.operationName,
  operation_kind: record.operationKind,
  document_hash: record.documentHash,
  acts: record.acts,
  subjects: record.subjects,
  outcome: record.outcome,
  rows_seen: record.rowsSeen,
  times: record.times,
  key_id: keyId,
  hash,
});

import type { AuditRecord } from '../audit-record.ts';
import type { ChainLink } from '../chain.ts';
import type { AuditDatabase } from './audit-database.ts';

type Row = Awaited<ReturnType<AuditDatabase['auditRecord']['findFirstOrThrow']>>;

const rowsAtOnce = 2_000;

/** A row of audit_record as it was linked. */
export function linkOf({ sequence, keyId, hash, ...row }: Row): ChainLink {
  const record: AuditRecord = row;
  return { sequence: Number(sequence), record, keyId, hash };
}

/** Reads links in their order, from one sequence to another, both included. */
export async function* readLinks(
  database: AuditDatabase,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<ChainLink> {
  let next = range.from;
  while (next <= range.to) {
    const rows = await database.auditRecord.findMany({
      where: { sequence: { gte: next, lte: range.to } },
      orderBy: { sequence: 'asc' },
      take: rowsAtOnce,
    });
    for (const row of rows) yield linkOf(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    next = Number(last.sequence) + 1;
  }
}

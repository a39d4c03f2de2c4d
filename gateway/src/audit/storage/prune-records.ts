import type { Chain, ChainEnd } from '../chain.ts';
import { keptFrom } from '../retention.ts';
import { verifyChain, type Verdict } from '../verify-chain.ts';
import type { AuditDatabase } from './audit-database.ts';
import { readClaims } from './read-claims.ts';
import { readLinks } from './read-links.ts';

/** What became of the wish to remove old records. */
export type Pruning =
  | { readonly kind: 'removed'; readonly records: number; readonly before: Date }
  | { readonly kind: 'refused'; readonly verdict: Extract<Verdict, { kind: 'broken' }> };

const removedAtOnce = 5_000;

/**
 * Removes the records of whole months that are two years old, from the beginning of the chain up to the first that is
 * younger, and leaves a checkpoint from which the rest can be checked. A broken chain is left alone, as evidence.
 */
export async function pruneRecords(
  by: { readonly database: AuditDatabase; readonly chain: Chain },
  now: Date,
): Promise<Pruning> {
  const { database, chain } = by;
  const before = keptFrom(now);
  const claims = await readClaims(database);
  const through = await lastBefore(database, { before, end: claims.end });
  const known = claims.checkpoint?.throughSequence ?? 0;
  if (through !== null && through.sequence > known) {
    const read = (range: { readonly from: number; readonly to: number }) => readLinks(database, range);
    const verdict = await verifyChain({ chain, read }, { checkpoint: claims.checkpoint, end: through });
    if (verdict.kind === 'broken') return { kind: 'refused', verdict };
    await database.auditCheckpoint.create({ data: chain.makeCheckpoint({ through, prunedAt: now }) });
  }
  const records = await removeThrough(database, through?.sequence ?? known);
  return { kind: 'removed', records, before };
}

/** The last record before the first that is kept; null when there is none. */
async function lastBefore(
  database: AuditDatabase,
  { before, end }: { readonly before: Date; readonly end: ChainEnd },
): Promise<ChainEnd | null> {
  const firstKept = await database.auditRecord.findFirst({
    where: { at: { gte: before } },
    orderBy: { sequence: 'asc' },
    select: { sequence: true },
  });
  const last = await database.auditRecord.findFirst({
    where: { sequence: { lt: firstKept?.sequence ?? end.sequence + 1 } },
    orderBy: { sequence: 'desc' },
    select: { sequence: true, hash: true },
  });
  return last === null ? null : { sequence: Number(last.sequence), hash: last.hash };
}

/** Also what an earlier run has left behind its checkpoint. */
async function removeThrough(database: AuditDatabase, through: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const count = await database.$executeRaw`
      DELETE FROM audit_record WHERE sequence IN (
        SELECT sequence FROM audit_record WHERE sequence <= ${through} ORDER BY sequence LIMIT ${removedAtOnce})`;
    removed += count;
    if (count < removedAtOnce) return removed;
  }
}

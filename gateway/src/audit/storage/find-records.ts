import type { ChainLink } from '../chain.ts';
import type { AuditDatabase } from './audit-database.ts';
import type { Prisma } from './generated/client.ts';
import { linkOf } from './read-links.ts';

/** Which records somebody asks for; what is left out does not matter. */
export interface RecordFilter {
  /** In any of its forms. */
  readonly subject?: readonly string[] | undefined;
  /** Id of a user. */
  readonly actor?: string | undefined;
  readonly act?: string | undefined;
  readonly requestId?: string | undefined;
  readonly from?: Date | undefined;
  /** Not included. */
  readonly to?: Date | undefined;
}

const rowsAtOnce = 1_000;

/** Reads records in the order of the chain. */
export async function* findRecords(database: AuditDatabase, filter: RecordFilter): AsyncGenerator<ChainLink> {
  let after = 0n;
  for (;;) {
    const rows = await database.auditRecord.findMany({
      where: { ...conditionsOf(filter), sequence: { gt: after } },
      orderBy: { sequence: 'asc' },
      take: rowsAtOnce,
    });
    for (const row of rows) yield linkOf(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = last.sequence;
  }
}

const conditionsOf = ({ subject, actor, act, requestId, from, to }: RecordFilter): Prisma.AuditRecordWhereInput => ({
  ...(subject !== undefined && { subjects: { hasSome: [...subject] } }),
  ...(actor !== undefined && { actorUserId: actor }),
  ...(act !== undefined && { acts: { has: act } }),
  ...(requestId !== undefined && { requestId }),
  at: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) },
});

import type { Sql } from '@prisma/client/runtime/client';

/** Whatever runs a statement and answers its rows: a client of Prisma, or one transaction of it. */
export interface SqlDatabase {
  $queryRaw<Rows = unknown>(statement: Sql): PromiseLike<Rows>;
}

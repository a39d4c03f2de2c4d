import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import type { KosCustomer } from '../domain/ports.ts';
import { inTransaction, type BillingDatabase } from './billing-database.ts';
import type { KeptAnswers } from './kos-lookup.ts';

/** Which lines a customer has, in table customer_line; numbers sealed, found by opaque id. */
export function createKeptLines(by: {
  readonly prisma: BillingDatabase;
  readonly cipher: FieldCipher;
  readonly lineIdOf: (lineNumber: string) => string;
}): KeptAnswers<string, KosCustomer> {
  const { prisma, cipher, lineIdOf } = by;
  const placeOf = (lineId: string) => fieldPlace({ table: 'customer_line', row: lineId, column: 'sealed_line_number' });

  return {
    async find(customerId) {
      const rows = await prisma.customerLine.findMany({ where: { customerId } });
      const [first] = rows;
      if (first === undefined) return null;
      const lineNumbers = rows.map((row) => cipher.open(row.sealedLineNumber, placeOf(row.lineId)));
      return { value: { operatorCode: first.operatorCode, lineNumbers }, fetchedAt: first.fetchedAt };
    },

    async keep(customerId, { value: { operatorCode, lineNumbers }, fetchedAt }) {
      const rows = lineNumbers.map((number) => {
        const lineId = lineIdOf(number);
        const sealedLineNumber = cipher.seal(number, placeOf(lineId));
        return { lineId, customerId, sealedLineNumber, operatorCode, fetchedAt };
      });
      // A line may have been another customer's until now; KOS knows best whose it is.
      const replaced = { OR: [{ customerId }, { lineId: { in: rows.map((row) => row.lineId) } }] };
      await inTransaction(
        prisma,
        async (tx) => {
          // Two answers about one customer are compared one after the other.
          await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${customerId}, 0))`;
          // An answer that was long on its way does not take the place of one that was asked for after it.
          if ((await tx.customerLine.count({ where: { customerId, fetchedAt: { gt: fetchedAt } } })) > 0) return;
          await tx.customerLine.deleteMany({ where: { ...replaced, fetchedAt: { lte: fetchedAt } } });
          await tx.customerLine.createMany({ data: rows, skipDuplicates: true });
        },
        { isRepeatable: true },
      );
    },

    async forget(customerId, askedAt) {
      await prisma.customerLine.deleteMany({ where: { customerId, fetchedAt: { lte: askedAt } } });
    },
  };
}

import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import type { CustomerAtKos, CustomerRecord, CustomerRegister } from '../domain/ports.ts';
import { inTransaction, type ProductDatabase } from './product-database.ts';
import { decodeProfile } from './kept-shapes.ts';

const placeOfProfile = (row: string) => fieldPlace({ table: 'customer', row, column: 'sealed_profile' });

/** Where a line number is sealed: to the row of its line. */
export const placeOfLineNumber = (row: string) =>
  fieldPlace({ table: 'customer_line', row, column: 'sealed_line_number' });

export function createCustomerRegister(deps: {
  readonly database: ProductDatabase;
  readonly cipher: FieldCipher;
  readonly lineIdOf: (lineNumber: string) => string;
}): CustomerRegister {
  const { database, cipher, lineIdOf } = deps;

  async function find(customerId: string): Promise<CustomerRecord | null> {
    const row = await database.customer.findUnique({ where: { id: customerId }, include: { lines: true } });
    if (row === null) return null;
    const { sealedProfile, fetchedAt } = row;
    return {
      profile:
        sealedProfile === null
          ? null
          : decodeProfile(JSON.parse(cipher.open(sealedProfile, placeOfProfile(customerId)))),
      lines: row.lines.map(({ lineId, sealedLineNumber, productVersion }) => ({
        lineId,
        customerId,
        lineNumber: cipher.open(sealedLineNumber, placeOfLineNumber(lineId)),
        productVersion,
      })),
      fetchedAt,
    };
  }

  async function save(customerId: string, { profile, lineNumbers }: CustomerAtKos, fetchedAt: Date): Promise<void> {
    const sealedProfile = profile && cipher.seal(JSON.stringify(profile), placeOfProfile(customerId));
    // In one order always, so that two savers who meet wait for each other and never lock up.
    const lines = lineNumbers.map((lineNumber) => ({ lineId: lineIdOf(lineNumber), lineNumber })).sort(byLineId);
    await inTransaction(
      database,
      async (tx) => {
        const customer = { sealedProfile, fetchedAt };
        const { count: added } = await tx.customer.createMany({
          data: { id: customerId, ...customer },
          skipDuplicates: true,
        });
        const outdated = { id: customerId, fetchedAt: { lte: fetchedAt } };
        const { count: renewed } = await tx.customer.updateMany({ where: outdated, data: customer });
        // An answer that was long on its way does not take the place of one that was asked for after it.
        if (added + renewed === 0) return;
        for (const { lineId, lineNumber } of lines) {
          const sealedLineNumber = cipher.seal(lineNumber, placeOfLineNumber(lineId));
          await tx.customerLine.upsert({
            where: { lineId },
            create: { lineId, customerId, sealedLineNumber },
            update: { customerId, sealedLineNumber },
          });
        }
        await tx.customerLine.updateMany({
          where: { customerId, lineId: { notIn: lines.map(({ lineId }) => lineId) } },
          data: { customerId: null },
        });
      },
      { isRepeatable: true },
    );
  }

  return { find, save };
}

const byLineId = (one: { readonly lineId: string }, other: { readonly lineId: string }): number =>
  one.lineId < other.lineId ? -1 : 1;

import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import type { Bill } from '../domain/bill.ts';
import type { BillQuestion } from '../domain/ports.ts';
import { billSchema } from './bill-json.ts';
import type { BillingDatabase } from './billing-database.ts';
import type { KeptAnswers } from './kos-lookup.ts';

/** The last bill of each line and month in table kept_bill, for the customer it was given to alone. */
export function createKeptBills(prisma: BillingDatabase, cipher: FieldCipher): KeptAnswers<BillQuestion, Bill> {
  const placeOf = ({ line, month }: BillQuestion) =>
    fieldPlace({ table: 'kept_bill', row: `${line.id}/${month}/${line.customerId}`, column: 'sealed_bill' });

  return {
    async find(question) {
      const { line, month } = question;
      const row = await prisma.keptBill.findUnique({
        where: { lineId_billingMonth: { lineId: line.id, billingMonth: month }, customerId: line.customerId },
      });
      if (row === null) return null;
      const value = billSchema.parse(JSON.parse(cipher.open(row.sealedBill, placeOf(question))));
      return { value, fetchedAt: row.fetchedAt };
    },

    async keep(question, { value, fetchedAt }) {
      const { line, month } = question;
      const sealedBill = cipher.seal(JSON.stringify(value), placeOf(question));
      const row = { lineId: line.id, billingMonth: month };
      const kept = { customerId: line.customerId, sealedBill, fetchedAt };
      const { count } = await prisma.keptBill.createMany({ data: { ...row, ...kept }, skipDuplicates: true });
      // An answer that was long on its way does not take the place of one that was asked for after it.
      if (count === 0)
        await prisma.keptBill.updateMany({ where: { ...row, fetchedAt: { lte: fetchedAt } }, data: kept });
    },

    async forget({ line, month }, askedAt) {
      const outdated = { fetchedAt: { lte: askedAt } };
      await prisma.keptBill.deleteMany({
        where: { lineId: line.id, billingMonth: month, customerId: line.customerId, ...outdated },
      });
    },
  };
}

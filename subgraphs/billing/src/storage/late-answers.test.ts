import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@supergraph/database/testing';
import { createFieldCipher } from '@supergraph/platform/encryption';

import { offeredMonths } from '../domain/billing-month.ts';
import { aBill } from '../testing/a-bill.ts';
import { openBillingDatabase, type BillingDatabase } from './billing-database.ts';
import { createKeptBills } from './kept-bills.ts';
import { createKeptLines } from './kept-lines.ts';

const cipher = createFieldCipher({ activeKeyId: 'k1', keys: { k1: randomBytes(32) } });
const then = new Date('2026-09-15T03:00:00.000Z');
const later = new Date('2026-09-15T03:00:01.000Z');

const [month] = offeredMonths(then);
if (month === undefined) throw new Error('no month is offered');

let made: Awaited<ReturnType<typeof createTestDatabase>>;
let prisma: BillingDatabase;

beforeAll(async () => {
  made = await createTestDatabase('billing');
  prisma = openBillingDatabase({ url: made.url, maxConnections: 5, onError: () => undefined });
});
afterAll(async () => {
  await prisma.$disconnect();
  await made.drop();
});

const numbers = ['01000000001', '01000000002'];
const more = ['01000000002', '01000000003'];

describe('An answer of KOS that comes after one that was asked for later', () => {
  it('does not become the last known bill', async () => {
    const kept = createKeptBills(prisma, cipher);
    const line = { id: 'ln_1', customerId: 'CUST001', number: '01000000001' };
    const question = { line, month, takesStale: false, priority: 'interactive', deadline: null } as const;
    const old = aBill({ billingMonth: month, amountDueWon: 1 });
    const young = aBill({ billingMonth: month, amountDueWon: 2 });
    await kept.keep(question, { value: old, fetchedAt: then });
    await kept.keep(question, { value: young, fetchedAt: later });
    await kept.keep(question, { value: old, fetchedAt: then });
    await kept.forget(question, then);
    expect(await kept.find(question)).toEqual({ value: young, fetchedAt: later });
    await kept.forget(question, later);
    expect(await kept.find(question)).toBeNull();
  });

  it('takes no line from a customer, gives none back, and gives none to another', async () => {
    const kept = createKeptLines({ prisma, cipher, lineIdOf: (number) => `line of ${number}` });
    const answer = (lineNumbers: readonly string[]) => ({ operatorCode: 'MVNO', lineNumbers: [...lineNumbers] });
    await kept.keep('CUST001', { value: answer(more), fetchedAt: then });
    await kept.keep('CUST001', { value: answer(numbers), fetchedAt: later });
    for (const customerId of ['CUST001', 'CUST002'])
      await kept.keep(customerId, { value: answer(more), fetchedAt: then });
    await kept.forget('CUST001', then);
    const linesOf = async (customerId: string) => (await kept.find(customerId))?.value.lineNumbers.toSorted();
    expect(await linesOf('CUST001')).toEqual(numbers);
    expect(await linesOf('CUST002')).toEqual(['01000000003']);
  });

  it('gives no line back either when both are written at once', async () => {
    const kept = createKeptLines({ prisma, cipher, lineIdOf: (number) => `line of ${number}` });
    const answer = (lineNumbers: string[]) => ({ operatorCode: 'MVNO', lineNumbers });
    for (let nth = 0; nth < 20; nth += 1) {
      const customerId = `customer ${String(nth)}`;
      const [given, left] = [`0101000000${String(nth)}`, `0102000000${String(nth)}`];
      await Promise.all([
        kept.keep(customerId, { value: answer([given, left]), fetchedAt: then }),
        kept.keep(customerId, { value: answer([left]), fetchedAt: later }),
      ]);
      expect((await kept.find(customerId))?.value.lineNumbers).toEqual([left]);
    }
  });
});

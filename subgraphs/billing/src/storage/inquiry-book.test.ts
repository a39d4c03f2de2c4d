import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@supergraph/database/testing';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { createManualClock } from '@supergraph/platform/testing';

import { endInquiry, type InquiryInProgress } from '../domain/bill-inquiry.ts';
import { offeredMonths } from '../domain/billing-month.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import { createSealedPayloads } from '../messages/sealed-payload.ts';
import { openBillingDatabase, type BillingDatabase } from './billing-database.ts';
import { createInquiryBook } from './inquiry-book.ts';
import { createInquiryRows } from './inquiry-rows.ts';

const start = '2026-09-15T03:00:00.000Z';
const holdMs = 10_000;
const clock = createManualClock(start);
const [billingMonth] = offeredMonths(clock.now());

let made: Awaited<ReturnType<typeof createTestDatabase>>;
let prisma: BillingDatabase;
let book: ReturnType<typeof createInquiryBook>;

beforeAll(async () => {
  made = await createTestDatabase('billing');
  prisma = openBillingDatabase({ url: made.url, maxConnections: 5, onError: () => undefined });
  const cipher = createFieldCipher({ activeKeyId: 'k1', keys: { k1: randomBytes(32) } });
  book = createInquiryBook({
    prisma,
    rows: createInquiryRows(cipher),
    payloads: createSealedPayloads(cipher),
    clock,
    holdMs,
    onResults: () => undefined,
  });
});
beforeEach(async () => {
  clock.set(start);
  await prisma.billInquiry.deleteMany();
  await prisma.outboxMessage.deleteMany();
});
afterAll(async () => {
  await prisma.$disconnect();
  await made.drop();
});

function anInquiry(id: string): InquiryInProgress {
  if (billingMonth === undefined) throw new Error('no month is offered');
  const request = { id, origin: 'REQUEST', customerId: 'CUST001', userId: 'u', lineId: 'ln', billingMonth } as const;
  return { ...request, requestedAt: clock.now(), state: 'IN_PROGRESS', attempt: 1 };
}

const aCall = (attempt: number): RecordedKosCall => ({
  attempt,
  outcome: 'NOT_FOUND',
  requestedAt: clock.now(),
  respondedAt: clock.now(),
  resultCode: 'E002',
  resultMessage: '청구 자료 없음',
  circuit: 'CLOSED',
});

const inAMinute = () => new Date(clock.now().getTime() + 60_000);

describe('The book of inquiries', () => {
  it('lets nobody else take an inquiry while it is held', async () => {
    await book.open(anInquiry('a'));
    clock.advance(holdMs - 1);
    expect(await book.takeAbandoned()).toEqual([]);
    clock.advance(1);
    expect(await book.takeAbandoned()).toMatchObject([{ id: 'a', attempt: 2 }]);
    expect(await book.takeAbandoned()).toEqual([]);
  });

  it('holds an inquiry through the wait for its next attempt, and lets go of it at once when told to', async () => {
    const inquiry = anInquiry('a');
    await book.open(inquiry);
    await book.postpone(inquiry, { nextAt: inAMinute(), kosCalls: [] });
    clock.advance(60_000 + holdMs - 1);
    expect(await book.takeAbandoned()).toEqual([]);
    await book.release(inquiry);
    expect(await book.takeAbandoned()).toMatchObject([{ id: 'a', attempt: 2 }]);
    expect(await book.beginNext(inquiry)).toBeNull();
  });

  it('takes an attempt back at which KOS was left alone', async () => {
    const inquiry = anInquiry('a');
    await book.open(inquiry);
    const postponed = await book.takeBack(inquiry, { nextAt: inAMinute() });
    expect(await book.beginNext(postponed)).toEqual(inquiry);
  });

  it('gives each abandoned inquiry to one of those who look for them at once', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `i${index}`);
    await Promise.all(ids.map((id) => book.open(anInquiry(id))));
    clock.advance(holdMs);
    const taken = await Promise.all(Array.from({ length: 5 }, () => book.takeAbandoned()));
    for (const share of taken) expect(share.length).toBeLessThanOrEqual(20);
    const takenIds = taken.flat().map(({ id }) => id);
    expect(new Set(takenIds).size).toBe(takenIds.length);
    expect([...takenIds, ...(await book.takeAbandoned()).map(({ id }) => id)].toSorted()).toEqual(ids.toSorted());
  });

  it('ends an inquiry once, with one result, whoever else ends it as well', async () => {
    const inquiry = anInquiry('a');
    await book.open(inquiry);
    const ended = endInquiry(inquiry, { kind: 'not-issued' }, clock.now());
    const otherwise = endInquiry(inquiry, { kind: 'unavailable', code: 'KOS_BUSY', retryAfterMs: 1 }, clock.now());
    await book.end(ended, [aCall(1)]);
    await book.end(otherwise, [aCall(2)]);
    expect(await prisma.billInquiry.findMany()).toMatchObject([{ state: 'REJECTED', dueAt: null, failure: null }]);
    expect(await prisma.kosCall.count()).toBe(2);
    expect(await prisma.outboxMessage.count()).toBe(1);
    clock.advance(10 * holdMs);
    expect(await book.takeAbandoned()).toEqual([]);
  });

  it('writes a batch of readings again without doubling it', async () => {
    const readings = ['a', 'b'].map((id) => ({
      inquiry: endInquiry(anInquiry(id), { kind: 'not-issued' }, clock.now()),
      kosCalls: id === 'a' ? [aCall(1)] : [],
    }));
    await book.record(readings);
    await book.record(readings);
    expect([await prisma.billInquiry.count(), await prisma.kosCall.count()]).toEqual([2, 1]);
    expect(await prisma.outboxMessage.findMany()).toMatchObject([{ id: 'bill-inquiry-result:a', orderingKey: 'ln' }]);
  });

  it('cannot be made to say what is not so', async () => {
    await book.open(anInquiry('a'));
    const impossible = [
      { state: 'DONE' },
      { dueAt: null },
      { completedAt: clock.now() },
      { failure: 'KOS_BUSY' },
    ] as const;
    for (const data of impossible)
      await expect(prisma.billInquiry.update({ where: { id: 'a' }, data })).rejects.toThrow('bill_inquiry_state_check');
  });
});

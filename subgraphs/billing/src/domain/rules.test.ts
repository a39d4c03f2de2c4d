import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { billIdOf, readBillId } from './bill-id.ts';
import { endInquiry, maxAttempts, progressPercentOf, retryDelayMs, type BillOutcome } from './bill-inquiry.ts';
import { addsUp, summaryOf, type Bill } from './bill.ts';
import { chooseMonth, isBillingMonth, isOver, offeredMonths } from './billing-month.ts';
import { positionOf, readPosition } from './list-inquiries.ts';
import { createOwnLines } from './own-lines.ts';

const noon = new Date('2026-09-15T03:00:00Z');
const anyMoment = fc.date({ min: new Date('2001-01-01'), max: new Date('2199-01-01'), noInvalidDate: true });
const [september] = offeredMonths(noon);
if (september === undefined) throw new Error('no month is offered');

describe('The months offered', () => {
  it('are the current one in Seoul and the six before it, newest first', () => {
    expect(offeredMonths(noon)).toEqual(['2026-09', '2026-08', '2026-07', '2026-06', '2026-05', '2026-04', '2026-03']);
  });

  it('change when the day does in Seoul, not in London', () => {
    expect(offeredMonths(new Date('2026-08-31T14:59:59.999Z'))[0]).toBe('2026-08');
    expect(offeredMonths(new Date('2026-08-31T15:00:00Z'))[0]).toBe('2026-09');
    expect(offeredMonths(new Date('2026-12-31T15:00:00Z'))).toContain('2026-07');
  });

  it('are seven different ones without a gap, whenever that is', () => {
    fc.assert(
      fc.property(anyMoment, (now) => {
        const months = offeredMonths(now);
        const numbers = months.map((month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)));
        expect(months.every(isBillingMonth)).toBe(true);
        expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) - index));
        expect(months).toHaveLength(7);
      }),
    );
  });

  it('are over as soon as the next one begins', () => {
    expect(isOver(september, noon)).toBe(false);
    expect(isOver(september, new Date('2026-09-30T15:00:00Z'))).toBe(true);
  });
});

describe('A month asked for', () => {
  it('is the current one when none is named', () => {
    expect(chooseMonth(undefined, noon)).toEqual({ isOffered: true, month: '2026-09' });
    expect(chooseMonth(null, noon)).toEqual({ isOffered: true, month: '2026-09' });
  });

  it('may be any of those offered', () => {
    for (const month of offeredMonths(noon)) expect(chooseMonth(month, noon)).toEqual({ isOffered: true, month });
  });

  it.each([
    '2026-10',
    '2026-02',
    '2025-09',
    '2026-13',
    '2026-00',
    '2026-9',
    '0000-00',
    '202609',
    '2026-09-01',
    ' 2026-09',
    '２０２６-09',
    'now',
    '',
    '\u0000',
    "' OR 1=1--",
  ])('is refused with the months offered when it is %j', (asked) => {
    expect(chooseMonth(asked, noon)).toEqual({ isOffered: false, offeredMonths: offeredMonths(noon) });
  });

  it('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.string(), (asked) => {
        expect(chooseMonth(asked, noon).isOffered).toBe(offeredMonths(noon).some((month) => month === asked));
      }),
    );
  });
});

const bill: Bill = {
  lineId: `ln_${'x'.repeat(22)}`,
  billingMonth: september,
  isClosed: false,
  billDate: '2026-10-01',
  productName: '5G 프리미엄 플랜',
  contractDescription: null,
  amountDueWon: 89_000,
  items: [
    { name: '기본료', type: 'RECURRING_CHARGE', amountWon: 111_250 },
    { name: '선택약정 할인', type: 'CREDIT', amountWon: -22_250 },
  ],
  usage: [],
  terminationFee: { totalWon: 330_000, contractPenaltyWon: 85_000, installmentRemainingWon: 245_000, otherFeesWon: 0 },
  deviceInstallment: null,
  payment: { status: 'UNPAID', method: null, dueDate: '2026-10-25', paidOn: null },
};

describe('A bill', () => {
  it('adds up when its items make its total and the parts of the fee make the fee, to the won', () => {
    expect(addsUp(bill)).toBe(true);
    expect(addsUp({ ...bill, amountDueWon: 89_001 })).toBe(false);
    expect(addsUp({ ...bill, terminationFee: { ...bill.terminationFee, otherFeesWon: 1 } })).toBe(false);
  });

  it('is summed up by plan and total', () => {
    expect(summaryOf(bill)).toBe('5G 프리미엄 플랜, 89,000원');
  });

  it('has an id that tells line and month, and no other text is one', () => {
    expect(readBillId(billIdOf(bill))).toEqual({ lineId: bill.lineId, billingMonth: september });
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, tail) => {
        for (const id of [text, `bill_${text}`, billIdOf(bill) + tail]) {
          const key = readBillId(id);
          if (key !== null) expect(billIdOf(key)).toBe(id);
        }
      }),
    );
  });
});

describe('An inquiry', () => {
  const request = {
    id: 'i-1',
    origin: 'REQUEST',
    customerId: 'CUST001',
    userId: 'u-1',
    lineId: bill.lineId,
    billingMonth: september,
    requestedAt: noon,
  } as const;
  const found: BillOutcome = { kind: 'found', bill, freshness: { fetchedAt: noon, isStale: false, source: 'KOS' } };

  it.each<readonly [state: string, outcome: BillOutcome]>([
    ['DONE', found],
    ['REJECTED', { kind: 'not-issued' }],
    ['TERMINATED_WITH_ERROR', { kind: 'unavailable', code: 'KOS_BUSY', retryAfterMs: 1_000 }],
  ])('ends as %s, whole, with what it came to', (state, outcome) => {
    const inProgress = { ...request, state: 'IN_PROGRESS', attempt: 2 } as const;
    const ended = endInquiry(inProgress, outcome, noon);
    expect(ended).toMatchObject({ ...request, state, completedAt: noon });
    expect(ended).not.toHaveProperty('attempt');
    expect(progressPercentOf(ended)).toBe(100);
  });

  it('gets on with every attempt and is whole only when it has ended', () => {
    const attempts = Array.from({ length: maxAttempts }, (_, index) => index + 1);
    const percents = attempts.map((attempt) => progressPercentOf({ ...request, state: 'IN_PROGRESS', attempt }));
    expect(percents).toEqual([10, 40, 70]);
  });

  it('waits twice as long after each attempt, half of it by chance, and all of it after the moment from which it can help', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: maxAttempts }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const delayMs = retryDelayMs({ attempt, baseMs: 1_000, random, retryAfterMs: 0 });
          const fullMs = 1_000 * 2 ** (attempt - 1);
          expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2);
          expect(delayMs).toBeLessThanOrEqual(fullMs);
          expect(retryDelayMs({ attempt, baseMs: 1_000, random, retryAfterMs: 30_000 })).toBe(30_000 + delayMs);
        },
      ),
    );
  });

  it('has a place in the history that can be written and read back', () => {
    expect(readPosition(positionOf(request))).toEqual({ requestedAt: noon, id: 'i-1' });
    for (const text of ['', ':', '1:i-1', `${noon.getTime()}:`, `${noon.getTime()}:\u0000`, 'i-1'])
      expect(readPosition(text)).toBeNull();
  });
});

describe('A line', () => {
  const ask = { priority: 'interactive', deadline: null } as const;
  const line = { id: bill.lineId, customerId: 'CUST001', number: '01012345678' };

  it('is found by its own customer alone, and not by staff', async () => {
    const asked: string[] = [];
    const lines = createOwnLines({
      linesOf: (customerId) => {
        asked.push(customerId);
        return Promise.resolve(customerId === 'CUST001' ? [line] : []);
      },
    });
    expect(await lines.find({ userId: 'u-1', customerId: 'CUST001' }, line.id, ask)).toEqual(line);
    expect(await lines.find({ userId: 'u-2', customerId: 'CUST002' }, line.id, ask)).toBeNull();
    expect(await lines.find({ userId: 'u-9', customerId: null }, line.id, ask)).toBeNull();
    expect(asked).toEqual(['CUST001', 'CUST002']);
  });

  it('is not even looked for by an id that cannot be one', async () => {
    const lines = createOwnLines({ linesOf: () => Promise.reject(new Error('nobody may be asked')) });
    for (const id of ['', '01012345678', 'ln_', `${line.id}x`, "ln_' OR 1=1--", 'ln_\u0000'])
      expect(await lines.find({ userId: 'u-1', customerId: 'CUST001' }, id, ask)).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { createCache } from '@supergraph/platform/cache';
import { createManualClock } from '@supergraph/platform/testing';

import type { Bill } from '../domain/bill.ts';
import { offeredMonths } from '../domain/billing-month.ts';
import type { BillQuestion, OwnLine } from '../domain/ports.ts';
import { aBill } from '../testing/a-bill.ts';
import { billRules } from './cache-rules.ts';
import { createCachedBills } from './cached-bills.ts';
import type { Kept } from './kos-lookup.ts';

const MINUTE_MS = 60_000;
const [, august] = offeredMonths(new Date('2026-09-01T03:00:00Z'));
if (august === undefined) throw new Error('no month is offered');
const line: OwnLine = { id: 'ln_1', customerId: 'CUST001', number: '01012345678' };

/** Bills out of a cache in memory and a table that works or does not, over a KOS that says what it is told to. */
const bills = ({ isTableAway = false } = {}) => {
  const clock = createManualClock('2026-09-01T03:00:00Z');
  const cache = createCache({ clock, random: () => 0, prefix: 'test', memory: { maxEntries: 10 } });
  const table = new Map<string, Kept<Bill>>();
  const rowOf = ({ line: { id, customerId }, month }: BillQuestion) => `${id}/${month}/${customerId}`;
  const failures: unknown[] = [];
  const unlessAway = <T>(value: T) => (isTableAway ? Promise.reject(new Error('away')) : Promise.resolve(value));
  const said = { isClosed: true, calls: 0 };
  const source = createCachedBills({
    clock,
    cache,
    rules: billRules({ openMs: 60 * MINUTE_MS, closedMs: 24 * 60 * MINUTE_MS }),
    kept: {
      find: (question) => unlessAway(table.get(rowOf(question)) ?? null),
      keep: (question, kept) => unlessAway(table.set(rowOf(question), kept)).then(() => undefined),
      forget: (question) => unlessAway(table.delete(rowOf(question))).then(() => undefined),
    },
    kos: {
      bill: ({ line: { customerId } }) => {
        said.calls += 1;
        const now = clock.now();
        return Promise.resolve({
          value: aBill({
            billingMonth: august,
            isClosed: said.isClosed,
            productName: `${customerId}, call ${said.calls}`,
          }),
          call: {
            outcome: 'FOUND',
            requestedAt: now,
            respondedAt: now,
            resultCode: '0000',
            resultMessage: null,
            circuit: 'CLOSED',
          },
        });
      },
    },
    events: { keptAnswersFailed: (error) => failures.push(error) },
  });
  const find = async (of: OwnLine = line, { takesStale = false } = {}) => {
    const { outcome } = await source.find({
      line: of,
      month: august,
      takesStale,
      priority: 'interactive',
      deadline: null,
    });
    return outcome;
  };
  return { clock, said, failures, find };
};

describe('A bill that was asked of KOS before', () => {
  it('lives for a day when it is final', async () => {
    const { clock, said, find } = bills();
    await find();
    clock.advance(19 * 60 * MINUTE_MS);
    expect(await find()).toMatchObject({ freshness: { source: 'CACHE' } });
    clock.advance(5 * 60 * MINUTE_MS);
    expect(await find()).toMatchObject({ freshness: { source: 'KOS' } });
    expect(said.calls).toBe(2);
  });

  it('lives for an hour only when KOS is late to close its month, and a day once it has', async () => {
    const { clock, said, find } = bills();
    said.isClosed = false;
    await find();
    clock.advance(59 * MINUTE_MS);
    expect(await find()).toMatchObject({ bill: { isClosed: false }, freshness: { source: 'CACHE' } });
    said.isClosed = true;
    clock.advance(MINUTE_MS);
    expect(await find()).toMatchObject({ bill: { isClosed: true }, freshness: { source: 'KOS' } });
    clock.advance(19 * 60 * MINUTE_MS);
    expect(await find()).toMatchObject({ bill: { isClosed: true }, freshness: { source: 'CACHE' } });
    expect(said.calls).toBe(2);
  });

  it('is not shown to whoever has the line next', async () => {
    const { said, find } = bills();
    await find();
    expect(await find({ ...line, customerId: 'CUST002' })).toMatchObject({
      bill: { productName: 'CUST002, call 2' },
      freshness: { source: 'KOS' },
    });
    expect(await find()).toMatchObject({ bill: { productName: 'CUST001, call 1' } });
    expect(said.calls).toBe(2);
  });

  it('needs no database', async () => {
    const { said, failures, find } = bills({ isTableAway: true });
    expect(await find()).toMatchObject({ kind: 'found', freshness: { source: 'KOS' } });
    expect(await find()).toMatchObject({ kind: 'found', freshness: { source: 'CACHE' } });
    expect(said.calls).toBe(1);
    expect(failures).toHaveLength(2);
  });
});

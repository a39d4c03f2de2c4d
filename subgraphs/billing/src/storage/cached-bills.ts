import type { Cache } from '@supergraph/platform/cache';
import type { Clock } from '@supergraph/platform/time';

import type { Bill } from '../domain/bill.ts';
import { isOver } from '../domain/billing-month.ts';
import type { BillFinding, BillQuestion, BillSource, Kos } from '../domain/ports.ts';
import { createAbsences } from './absences.ts';
import { keptBillSchema } from './bill-json.ts';
import type { BillRules } from './cache-rules.ts';
import {
  createKosLookup,
  type Kept,
  type KeptAnswers,
  type KosLookupEvents,
  type LookedUp,
  type Verdict,
} from './kos-lookup.ts';

/** Bills as KOS gives them, each asked for once as long as it serves. */
export function createCachedBills(by: {
  readonly kos: Pick<Kos, 'bill'>;
  readonly cache: Cache;
  readonly kept: KeptAnswers<BillQuestion, Bill>;
  readonly rules: BillRules;
  readonly clock: Clock;
  readonly events: KosLookupEvents;
}): BillSource {
  const { cache, rules, clock } = by;
  const isMonthOver = ({ month }: BillQuestion) => isOver(month, clock.now());
  // The customer is part of the key: whoever gets the number next is not shown the bills of whoever had it before.
  const keyOf = (question: BillQuestion) =>
    [
      'bill',
      question.line.id,
      question.month,
      isMonthOver(question) ? 'closed' : 'open',
      question.line.customerId,
    ].join(':');
  const look = createKosLookup<BillQuestion, Bill>({
    ...by,
    absences: createAbsences(cache),
    keyOf,
    ruleOf: (question) => (isMonthOver(question) ? rules.closed : rules.open),
    judge: (kept, now) => judgeBill(kept, rules, now),
    takesStale: (question) => question.takesStale,
    decode: (raw) => keptBillSchema.parse(raw),
    ask: (question) => by.kos.bill(question),
  });

  return {
    async find(question) {
      const looked = await look(question);
      // KOS may close a month later than midnight; until then its bill must not live as long as a final one.
      if (looked.kind === 'known' && !looked.kept.value.isClosed && isMonthOver(question))
        await cache.invalidate(keyOf(question));
      return toFinding(looked);
    },
  };
}

/** A bill fetched while its month was open says nothing about the final one, nor does one that KOS was late to close. */
function judgeBill({ value: bill, fetchedAt }: Kept<Bill>, rules: BillRules, now: Date): Verdict {
  const { freshMs, staleMs } = bill.isClosed ? rules.closed : rules.open;
  const ageMs = now.getTime() - fetchedAt.getTime();
  if (ageMs > freshMs + staleMs) return 'useless';
  const isOfOpenMonth = isOver(bill.billingMonth, now) && !isOver(bill.billingMonth, fetchedAt);
  if (ageMs < freshMs && !isOfOpenMonth) return 'fresh';
  return isOver(bill.billingMonth, now) && !bill.isClosed ? 'outgrown' : 'stale';
}

function toFinding(looked: LookedUp<Bill>): BillFinding {
  const kosCalls = looked.calls;
  switch (looked.kind) {
    case 'absent':
      return { outcome: { kind: 'not-issued' }, kosCalls };
    case 'unavailable':
      return { outcome: looked.outcome, kosCalls };
    case 'known': {
      const { kept, isStale } = looked;
      const source = kosCalls.length > 0 && !isStale ? 'KOS' : 'CACHE';
      const freshness = { fetchedAt: kept.fetchedAt, isStale, source } as const;
      return { outcome: { kind: 'found', bill: kept.value, freshness }, kosCalls };
    }
  }
}

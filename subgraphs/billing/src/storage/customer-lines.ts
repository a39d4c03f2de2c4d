import type { Cache } from '@supergraph/platform/cache';
import type { Clock } from '@supergraph/platform/time';
import { z } from 'zod';

import { isAsked } from '../domain/kos-call.ts';
import { KosUnavailable } from '../domain/kos-unavailable.ts';
import type { Kos, KosAsk, KosCustomer, LineDirectory } from '../domain/ports.ts';
import { createAbsences } from './absences.ts';
import { cacheRules } from './cache-rules.ts';
import { createKosLookup, type Kept, type KeptAnswers, type KosLookupEvents } from './kos-lookup.ts';

const keptCustomerSchema = z.object({
  value: z.object({ operatorCode: z.string(), lineNumbers: z.array(z.string()) }),
  fetchedAt: z.iso.datetime().transform((text) => new Date(text)),
});

interface CustomerQuestion extends KosAsk {
  readonly customerId: string;
}

/** Whose a line is, as KOS says and as long as that serves; which line is asked about has no part in it. */
export function createCustomerLines(by: {
  readonly kos: Pick<Kos, 'customer'>;
  readonly cache: Cache;
  readonly kept: KeptAnswers<string, KosCustomer>;
  readonly lineIdOf: (lineNumber: string) => string;
  readonly clock: Clock;
  readonly events: KosLookupEvents;
}): LineDirectory {
  const { kos, cache, kept, lineIdOf, clock, events } = by;
  const look = createKosLookup<CustomerQuestion, KosCustomer>({
    cache,
    clock,
    events,
    absences: createAbsences(cache),
    kept: {
      find: ({ customerId }) => kept.find(customerId),
      keep: ({ customerId }, answer) => kept.keep(customerId, answer),
      forget: ({ customerId }, askedAt) => kept.forget(customerId, askedAt),
    },
    keyOf: ({ customerId }) => `customer:${customerId}`,
    ruleOf: () => cacheRules.customer,
    judge: judgeCustomer,
    // Whose a line is decides who sees its bills: when that is old, KOS is asked first.
    takesStale: () => false,
    decode: (raw) => keptCustomerSchema.parse(raw),
    ask: ({ customerId, ...ask }) => kos.customer(customerId, ask),
  });

  return {
    async linesOf(customerId, ask) {
      const looked = await look({ ...ask, customerId });
      switch (looked.kind) {
        case 'known':
          return looked.kept.value.lineNumbers
            .toSorted()
            .map((number) => ({ id: lineIdOf(number), customerId, number }));
        case 'absent':
          return [];
        case 'unavailable':
          throw new KosUnavailable(looked.outcome, looked.calls.some(isAsked));
      }
    },
  };
}

function judgeCustomer({ fetchedAt }: Kept<KosCustomer>, now: Date) {
  const { freshMs, staleMs } = cacheRules.customer;
  const ageMs = now.getTime() - fetchedAt.getTime();
  if (ageMs < freshMs) return 'fresh';
  return ageMs <= freshMs + staleMs ? 'stale' : 'useless';
}

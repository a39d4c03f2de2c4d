import { DatabaseLost } from '@supergraph/database/database-loss';
import { createLastKnown } from '@supergraph/database/last-known';
import type { Cache } from '@supergraph/platform/cache';
import type { Clock } from '@supergraph/platform/time';
import { z } from 'zod';

import type { Known } from '../domain/freshness.ts';
import type { OwnCustomer } from '../domain/own-customer.ts';
import type { CustomerAtKos, CustomerRecord, CustomerSource } from '../domain/ports.ts';
import { cacheRules } from './cache-rules.ts';
import { decodeProfile } from './kept-shapes.ts';

const mostRemembered = 10_000;
/** No order can be placed on it: the version it has in the database is another one. */
const unknownVersion = 0;

const unknownToKos: CustomerAtKos = { profile: null, lineNumbers: [] };
const told = z.object({ profile: z.unknown(), lineNumbers: z.array(z.string()) });

/**
 * Customers as they are shown, never decided on: while the database does not answer, as this process last read them there,
 * marked stale, or else as KOS tells. Throws KosUnavailable.
 */
export function createShownCustomer(by: {
  readonly ownCustomer: OwnCustomer;
  readonly source: CustomerSource;
  readonly cache: Cache;
  readonly lineIdOf: (lineNumber: string) => string;
  readonly clock: Clock;
}): OwnCustomer {
  const { ownCustomer, source, cache, lineIdOf, clock } = by;
  const { freshMs, staleMs } = cacheRules.customer;
  const readLastKnown = createLastKnown<Known<CustomerRecord>>({
    most: mostRemembered,
    longestMs: freshMs + staleMs,
    clock,
  });

  function decode(raw: unknown): CustomerAtKos | null {
    if (raw === null) return null;
    const { profile, lineNumbers } = told.parse(raw);
    return { profile: profile === null ? null : decodeProfile(profile), lineNumbers };
  }

  /** null, which no cache keeps, for a customer whom KOS does not know: it may know them soon. */
  async function ask(customerId: string): Promise<CustomerAtKos | null> {
    const customer = await source.customer(customerId, 'interactive');
    return customer.profile === null ? null : customer;
  }

  async function asKosTells(customerId: string): Promise<Known<CustomerRecord>> {
    const {
      value: customer,
      fetchedAt,
      isStale,
      source: place,
    } = await cache.getOrLoad({
      key: `customer:${customerId}`,
      rule: cacheRules.customer,
      decode,
      load: () => ask(customerId),
    });
    const { profile, lineNumbers } = customer ?? unknownToKos;
    const lines = lineNumbers.map((lineNumber) => {
      return { lineId: lineIdOf(lineNumber), customerId, lineNumber, productVersion: unknownVersion };
    });
    return {
      value: { profile, lines, fetchedAt },
      freshness: { fetchedAt, isStale, source: place === 'UPSTREAM' ? 'KOS' : 'CACHE' },
    };
  }

  return async (customerId) => {
    try {
      const { value: known, isRemembered } = await readLastKnown(customerId, () => ownCustomer(customerId));
      if (!isRemembered) return known;
      return { ...known, freshness: { ...known.freshness, isStale: true, source: 'CACHE' } };
    } catch (error) {
      if (error instanceof DatabaseLost) return await asKosTells(customerId);
      throw error;
    }
  };
}

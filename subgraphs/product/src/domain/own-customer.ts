import type { Clock } from '@supergraph/platform/time';

import type { Known } from './freshness.ts';
import { KosUnavailable } from './kos-unavailable.ts';
import type { CustomerRecord, CustomerRegister, CustomerSource } from './ports.ts';
import { isLineId, type OwnLine } from './product.ts';

/** Answers what is known of the customer who asks; an id somebody else supplied never gets here. Throws KosUnavailable. */
export type OwnCustomer = (customerId: string) => Promise<Known<CustomerRecord>>;

export function createOwnCustomer(deps: {
  readonly register: CustomerRegister;
  readonly source: CustomerSource;
  readonly rule: { readonly freshMs: number; readonly staleMs: number };
  readonly clock: Clock;
}): OwnCustomer {
  const { register, source, rule, clock } = deps;

  async function ask(customerId: string): Promise<Known<CustomerRecord>> {
    const fetchedAt = clock.now();
    const value = await register.save(customerId, await source.customer(customerId), fetchedAt);
    return { value, freshness: { fetchedAt, isStale: false, source: 'KOS' } };
  }

  return async (customerId) => {
    const kept = await register.find(customerId);
    if (kept === null) return await ask(customerId);
    const ageMs = clock.now().getTime() - kept.fetchedAt.getTime();
    if (ageMs < rule.freshMs) return known(kept, false);
    try {
      return await ask(customerId);
    } catch (error) {
      if (error instanceof KosUnavailable && ageMs < rule.freshMs + rule.staleMs) return known(kept, true);
      throw error;
    }
  };
}

const known = (value: CustomerRecord, isStale: boolean): Known<CustomerRecord> => ({
  value,
  freshness: { fetchedAt: value.fetchedAt, isStale, source: 'CACHE' },
});

/** The customer's own lines of these ids; null for any other id, existing or not. */
export async function findOwnLines(
  ownCustomer: OwnCustomer,
  customerId: string | null,
  lineIds: readonly string[],
): Promise<(OwnLine | null)[]> {
  if (customerId === null || !lineIds.some(isLineId)) return lineIds.map(() => null);
  const { value } = await ownCustomer(customerId);
  return lineIds.map((lineId) => value.lines.find((line) => line.lineId === lineId) ?? null);
}

export async function findOwnLine(
  ownCustomer: OwnCustomer,
  customerId: string | null,
  lineId: string,
): Promise<OwnLine | null> {
  const [line = null] = await findOwnLines(ownCustomer, customerId, [lineId]);
  return line;
}

import type { Clock } from '@supergraph/platform/time';

import type { Freshness, Known } from './freshness.ts';
import { KosUnavailable } from './kos-unavailable.ts';
import type { CustomerRecord, CustomerRegister, CustomerSource } from './ports.ts';
import { isLineId, type OwnLine } from './product.ts';

/** From this part of its time on, what is known of a customer is renewed beside whoever looks. */
const renewedFrom = 0.8;

/** How long a record is shown without asking KOS, and how much longer while KOS is silent. */
export interface CustomerRule {
  readonly freshMs: number;
  readonly staleMs: number;
}

/** Answers what is known of the customer who asks; an id somebody else supplied never gets here. Throws KosUnavailable. */
export type OwnCustomer = (customerId: string) => Promise<Known<CustomerRecord>>;

export function createOwnCustomer(deps: {
  readonly register: CustomerRegister;
  readonly source: CustomerSource;
  /** `absence`: of a customer whom KOS did not know; who has just signed up is known to it soon. */
  readonly rules: Readonly<Record<'customer' | 'absence', CustomerRule>>;
  readonly clock: Clock;
  /** Takes care of a renewal that nobody waits for. */
  readonly inBackground: (renewal: Promise<void>) => void;
}): OwnCustomer {
  const { register, source, rules, clock, inBackground } = deps;
  const renewals = new Map<string, Promise<void>>();

  const ageMs = ({ fetchedAt }: CustomerRecord): number => clock.now().getTime() - fetchedAt.getTime();

  const ruleOf = ({ profile }: CustomerRecord): CustomerRule => (profile === null ? rules.absence : rules.customer);
  const isYoung = (kept: CustomerRecord): boolean => ageMs(kept) < ruleOf(kept).freshMs * renewedFrom;

  async function renew(customerId: string, priority: 'interactive' | 'background'): Promise<void> {
    // Whoever came first may have been done while this one was on its way.
    const kept = await register.find(customerId);
    if (kept !== null && isYoung(kept)) return;
    const fetchedAt = clock.now();
    await register.save(customerId, await source.customer(customerId, priority), fetchedAt);
  }

  /** One renewal of a customer at a time, for everybody who waits for it. */
  function renewOnce(customerId: string, priority: 'interactive' | 'background'): Promise<void> {
    const renewal =
      renewals.get(customerId) ??
      renew(customerId, priority).finally(() => {
        renewals.delete(customerId);
      });
    renewals.set(customerId, renewal);
    return renewal;
  }

  return async (customerId) => {
    const kept = await register.find(customerId);
    if (kept !== null && ageMs(kept) < ruleOf(kept).freshMs) {
      if (!isYoung(kept) && !renewals.has(customerId)) inBackground(renewOnce(customerId, 'background'));
      return known(kept, { isStale: false, source: 'CACHE' });
    }
    try {
      await renewOnce(customerId, 'interactive');
    } catch (error) {
      const isUsable = kept !== null && ageMs(kept) < ruleOf(kept).freshMs + ruleOf(kept).staleMs;
      if (error instanceof KosUnavailable && isUsable) return known(kept, { isStale: true, source: 'CACHE' });
      throw error;
    }
    // Read again rather than shared, so that nobody is told a version from before his own change.
    const renewed = await register.find(customerId);
    if (renewed === null) throw new Error('a customer just saved is gone');
    return known(renewed, { isStale: false, source: 'KOS' });
  };
}

const known = (value: CustomerRecord, how: Omit<Freshness, 'fetchedAt'>): Known<CustomerRecord> => ({
  value,
  freshness: { fetchedAt: value.fetchedAt, ...how },
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

import type { Clock } from '@supergraph/platform/time';

import { dayInSeoul } from './calendar.ts';
import type { KosCall } from './kos-call.ts';
import type { Unavailability } from './kos-unavailable.ts';
import type { CountCheck, FreshSource, LookPriority } from './ports.ts';
import { preCheck, type PreCheck } from './pre-check.ts';
import { findOffering } from './product-offering.ts';
import type { OwnLine } from './product.ts';

/** What KOS says about a wish at this moment. `not-own`: the line is no longer the customer's. */
export type Inspection =
  | {
      readonly kind: 'inspected';
      readonly productCodeBefore: string;
      /** Whether KOS has a change of the line booked for a later day already. */
      readonly isScheduled: boolean;
      /** What the plan wished for costs a month more, or less when negative; null when one of the two is unknown. */
      readonly monthlyFeeDifferenceWon: number | null;
      readonly checks: readonly PreCheck[];
      readonly checkedAt: Date;
      readonly calls: readonly KosCall[];
    }
  | { readonly kind: 'not-own' }
  | { readonly kind: 'unavailable'; readonly unavailability: Unavailability; readonly calls: readonly KosCall[] };

export type InspectChange = (line: OwnLine, productCode: string, priority: LookPriority) => Promise<Inspection>;

/**
 * Evaluates the three checks on data that KOS gives now; nothing kept decides. Each time costs KOS two calls, so one customer
 * gets only so many. Throws RATE_LIMITED, as the gateway does for everything of which somebody asks too much.
 */
export function createInspectChange(deps: {
  readonly kos: FreshSource;
  readonly countCheck: CountCheck;
  readonly clock: Clock;
}): InspectChange {
  return async (line, productCode, priority) => {
    await deps.countCheck(line.customerId);
    const [standing, catalogue] = await Promise.all([deps.kos.standing(line, priority), deps.kos.catalogue(priority)]);
    const calls = [standing.call, catalogue.call];
    if (standing.kind === 'unavailable') return { ...standing, calls };
    if (catalogue.kind === 'unavailable') return { ...catalogue, calls };
    if (standing.value?.customerId !== line.customerId) return { kind: 'not-own' };
    const checkedAt = deps.clock.now();
    const { productCode: productCodeBefore, scheduledChange } = standing.value;
    const target = findOffering(catalogue.value, productCode);
    const current = findOffering(catalogue.value, productCodeBefore);
    return {
      kind: 'inspected',
      productCodeBefore,
      isScheduled: scheduledChange !== null,
      monthlyFeeDifferenceWon: target && current && target.monthlyFeeWon - current.monthlyFeeWon,
      checks: preCheck({ target, line: standing.value, today: dayInSeoul(checkedAt) }),
      checkedAt,
      calls,
    };
  };
}

import type { Clock } from '@supergraph/platform/time';

import { dayInSeoul, type CalendarDay } from './calendar.ts';
import type { Freshness } from './freshness.ts';
import { pageOf, type OfferingPage } from './offering-order.ts';
import type { CatalogueSource } from './ports.ts';
import { isSellable } from './product-offering.ts';

export interface OfferingWish {
  readonly first: number;
  readonly after: string | null;
  readonly isSellable: boolean | null;
  readonly operatorCode: string | null;
}

export type ListOfferings = (
  wish: OfferingWish,
) => Promise<OfferingPage & { readonly today: CalendarDay; readonly freshness: Freshness }>;

/** The catalogue (상품 목록), page by page. Throws INVALID_PAGE or KosUnavailable. */
export function createListOfferings(deps: { readonly source: CatalogueSource; readonly clock: Clock }): ListOfferings {
  return async (wish) => {
    const { value: catalogue, freshness } = await deps.source.catalogue();
    const today = dayInSeoul(deps.clock.now());
    const wanted = catalogue.filter(
      (offering) =>
        (wish.isSellable === null || isSellable(offering, today) === wish.isSellable) &&
        (wish.operatorCode === null || offering.operatorCode === wish.operatorCode),
    );
    return { ...pageOf(wanted, wish, today), today, freshness };
  };
}

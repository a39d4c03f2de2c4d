import type { Clock } from '@supergraph/platform/time';

import { dayInSeoul, type CalendarDay } from './calendar.ts';
import type { FindCurrentProduct } from './find-current-product.ts';
import { oldestOf, type Freshness } from './freshness.ts';
import { pageOf, type OfferingPage } from './offering-order.ts';
import type { CatalogueSource } from './ports.ts';
import { findOffering, isSellable } from './product-offering.ts';
import type { OwnLine } from './product.ts';

export interface ChangeableOfferings extends OfferingPage {
  /** Null when the plan that the line is on is not in the catalogue. */
  readonly currentFeeWon: number | null;
  readonly today: CalendarDay;
  readonly freshness: Freshness;
}

/** null when KOS does not know the line as this customer's. */
export type ListChangeableOfferings = (
  line: OwnLine,
  page: { readonly first: number; readonly after: string | null },
) => Promise<ChangeableOfferings | null>;

/** The plans a line may change to (변경 가능한 상품), to choose from; what counts is the pre-check. Throws INVALID_PAGE, KosUnavailable. */
export function createListChangeableOfferings(deps: {
  readonly catalogue: CatalogueSource;
  readonly findCurrentProduct: FindCurrentProduct;
  readonly clock: Clock;
}): ListChangeableOfferings {
  return async (line, page) => {
    const [catalogue, standing] = await Promise.all([deps.catalogue.catalogue(), deps.findCurrentProduct(line)]);
    if (standing === null) return null;
    const { operatorCode, productCode } = standing.value;
    const today = dayInSeoul(deps.clock.now());
    const choices = catalogue.value.filter(
      (offering) =>
        isSellable(offering, today) && offering.operatorCode === operatorCode && offering.code !== productCode,
    );
    return {
      ...pageOf(choices, page, today),
      currentFeeWon: findOffering(catalogue.value, productCode)?.monthlyFeeWon ?? null,
      today,
      freshness: oldestOf(catalogue.freshness, standing.freshness),
    };
  };
}

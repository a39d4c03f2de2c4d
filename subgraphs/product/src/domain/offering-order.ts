import { readPage, type PageWish } from '@supergraph/platform/pagination';

import type { CalendarDay } from './calendar.ts';
import { isSellable, type ProductOffering } from './product-offering.ts';

/** Where a plan stands in the catalogue: those on sale first, then by monthly fee, then by code. */
interface Rank {
  readonly isSellable: boolean;
  readonly monthlyFeeWon: number;
  readonly code: string;
}

const rankOf = (offering: ProductOffering, today: CalendarDay): Rank => ({
  isSellable: isSellable(offering, today),
  monthlyFeeWon: offering.monthlyFeeWon,
  code: offering.code,
});

const compare = (one: Rank, other: Rank): number =>
  Number(other.isSellable) - Number(one.isSellable) ||
  one.monthlyFeeWon - other.monthlyFeeWon ||
  (one.code < other.code ? -1 : Number(one.code > other.code));

const rankPattern = /^([01]) (\d{1,12}) (\S{1,64})$/;

function decodeRank(text: string): Rank | null {
  const [, sellable, fee, code] = rankPattern.exec(text) ?? [];
  if (fee === undefined || code === undefined) return null;
  return { isSellable: sellable === '1', monthlyFeeWon: Number(fee), code };
}

/** The position of a plan as a cursor carries it. */
export function positionOf(offering: ProductOffering, today: CalendarDay): string {
  const rank = rankOf(offering, today);
  return `${Number(rank.isSellable)} ${rank.monthlyFeeWon} ${rank.code}`;
}

export interface OfferingPage {
  /** In order; one more than asked for when more follow. */
  readonly items: readonly ProductOffering[];
  readonly totalCount: number;
  readonly wish: PageWish<unknown>;
}

/** A page of plans in catalogue order. Throws INVALID_PAGE. */
export function pageOf(
  offerings: readonly ProductOffering[],
  asked: { readonly first: number; readonly after: string | null },
  today: CalendarDay,
): OfferingPage {
  const wish = readPage(asked, { maxFirst: 100, decode: decodeRank });
  const ranked = offerings
    .map((offering) => ({ offering, rank: rankOf(offering, today) }))
    .sort((one, other) => compare(one.rank, other.rank));
  const { after } = wish;
  const following = after === null ? ranked : ranked.filter(({ rank }) => compare(rank, after) > 0);
  const items = following.slice(0, wish.first + 1).map(({ offering }) => offering);
  return { items, totalCount: ranked.length, wish };
}

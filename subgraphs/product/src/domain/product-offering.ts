import type { CalendarDay } from './calendar.ts';

/** A plan of the catalogue, with its operator's own word on whether it is sold. */
export interface ProductOffering {
  readonly code: string;
  readonly name: string;
  readonly description: string | null;
  readonly operatorCode: string;
  readonly networkType: string;
  readonly monthlyFeeWon: number;
  readonly allowances: readonly Allowance[];
  readonly sale: Sale;
}

export interface Sale {
  readonly isOpen: boolean;
  readonly firstDay: CalendarDay;
  /** null while no end is set. */
  readonly lastDay: CalendarDay | null;
}

/** What a plan includes of one kind; an amount of null is unlimited. */
export type Allowance =
  | { readonly type: 'VOICE'; readonly unit: 'MINUTE'; readonly amount: number | null }
  | { readonly type: 'DATA'; readonly unit: 'MEGABYTE'; readonly amount: number | null }
  | { readonly type: 'SMS'; readonly unit: 'MESSAGE'; readonly amount: number | null };

export type Catalogue = readonly ProductOffering[];

/** KOS's word alone is not enough: a catalogue kept overnight may list a plan whose last day was yesterday. */
export const isSellable = ({ sale }: ProductOffering, today: CalendarDay): boolean =>
  sale.isOpen && sale.firstDay <= today && (sale.lastDay === null || today <= sale.lastDay);

export const findOffering = (catalogue: Catalogue, code: string): ProductOffering | null =>
  catalogue.find((offering) => offering.code === code) ?? null;

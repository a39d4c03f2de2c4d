import type { CalendarDay } from '../domain/calendar.ts';
import type { CustomerNotice } from '../domain/customer-notice.ts';
import type { Freshness, Known } from '../domain/freshness.ts';
import type { KosCall } from '../domain/kos-call.ts';
import type { Qualification } from '../domain/ports.ts';
import type { PreCheck } from '../domain/pre-check.ts';
import type { ProductOffering } from '../domain/product-offering.ts';
import type { OrderIn, ProductOrder } from '../domain/product-order.ts';
import type { Contract, CustomerProfile, LineStanding } from '../domain/product.ts';

/** A line by name only: whether it is the caller's is asked again by every field that leads on from it. */
export interface LineModel {
  readonly id: string;
}

export interface CustomerModel {
  readonly id: string;
}

/** What the caller's line is on. */
export interface ProductModel {
  readonly lineId: string;
  readonly version: number;
  readonly known: Known<LineStanding>;
}

/** A plan on a day, since what is on sale depends on the day. */
export interface ProductOfferingModel {
  readonly offering: ProductOffering;
  readonly today: CalendarDay;
  readonly freshness: Freshness;
}

export type CustomerProfileModel = Known<CustomerProfile>;
export type ContractModel = Contract;
export type ProductOrderModel = ProductOrder;
export type HeldProductOrderModel = OrderIn<'NEEDS_OPERATOR'>;
export type ProductOfferingQualificationModel = Qualification;
export type PreCheckModel = PreCheck;
export type CommunicationMessageModel = CustomerNotice;
export type KosCallModel = KosCall;
export type FreshnessModel = Freshness;

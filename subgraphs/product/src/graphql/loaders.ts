import DataLoader from 'dataloader';

import { dayInSeoul } from '../domain/calendar.ts';
import type { Known } from '../domain/freshness.ts';
import type { KosCall } from '../domain/kos-call.ts';
import { isOrderId } from '../domain/order-position.ts';
import { findOwnLines } from '../domain/own-customer.ts';
import type { ProductOrder } from '../domain/product-order.ts';
import type { LineStanding, OwnLine } from '../domain/product.ts';
import type { ProductOfferingModel } from './mappers.ts';
import type { Caller, ProductUseCases } from './use-cases.ts';

/** What one request looks up, each thing once. */
export interface Loaders {
  /** The caller's line of this id, else null. */
  readonly line: DataLoader<string, OwnLine | null>;
  /** What a line is on that was found to be the caller's. */
  readonly currentProduct: DataLoader<OwnLine, Known<LineStanding> | null, string>;
  /** The plan with this code, else null. */
  readonly offering: DataLoader<string, ProductOfferingModel | null>;
  /** The caller's order of this id, else null. */
  readonly order: DataLoader<string, ProductOrder | null>;
  /** The calls to KOS of an order that was found to be the caller's. */
  readonly kosCalls: DataLoader<string, readonly KosCall[]>;
  /** After a change, nothing read before it may be answered any more. */
  readonly forget: () => void;
}

export function createLoaders({ customerId }: Caller, product: ProductUseCases): Loaders {
  async function offerings(codes: readonly string[]) {
    const { value: catalogue, freshness } = await product.catalogue.catalogue();
    const today = dayInSeoul(product.clock.now());
    const byCode = new Map(catalogue.map((offering) => [offering.code, { offering, today, freshness }]));
    return codes.map((code) => byCode.get(code) ?? null);
  }

  async function orders(ids: readonly string[]) {
    const possible = ids.filter(isOrderId);
    if (customerId === null || possible.length === 0) return ids.map(() => null);
    const found = await product.orderHistory.findOwn(customerId, possible);
    return ids.map((id) => found.find((order) => order.id === id) ?? null);
  }

  async function callsOf(orderIds: readonly string[]) {
    const calls = await product.orderHistory.callsOf(orderIds);
    return orderIds.map((id) => calls.get(id) ?? []);
  }

  const loaders = {
    line: new DataLoader((ids: readonly string[]) => findOwnLines(product.ownCustomer, customerId, ids)),
    currentProduct: new DataLoader(
      (lines: readonly OwnLine[]) => Promise.all(lines.map((line) => product.findCurrentProduct(line))),
      { cacheKeyFn: (line: OwnLine) => line.lineId },
    ),
    offering: new DataLoader(offerings),
    order: new DataLoader(orders),
    kosCalls: new DataLoader(callsOf),
  };
  return {
    ...loaders,
    forget() {
      for (const loader of Object.values(loaders)) loader.clearAll();
    },
  };
}

import { isSettled, type ProductOrder, type SettledState } from './product-order.ts';

/** What is told about an order once it is settled; it never changes again. */
export type SettledOrder = Pick<
  ProductOrder,
  'id' | 'customerId' | 'lineId' | 'productCodeBefore' | 'productCodeAfter'
> & { readonly state: SettledState };

export const isSettledOrder = (order: ProductOrder): order is ProductOrder & SettledOrder => isSettled(order);

/** null while the order is not settled. */
export function settledOrderOf(order: ProductOrder): SettledOrder | null {
  if (!isSettledOrder(order)) return null;
  const { id, customerId, lineId, productCodeBefore, productCodeAfter, state } = order;
  return { id, customerId, lineId, productCodeBefore, productCodeAfter, state };
}

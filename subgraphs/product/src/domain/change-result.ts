import type { ProductOrder } from './product-order.ts';
import { orderText } from './texts.ts';

/** What the MVNO AP server is told when a change is settled (UFR-PROD-040). */
export interface ChangeResult {
  readonly productOrderId: string;
  readonly lineId: string;
  readonly productCodeAfter: string;
  readonly result: '정상' | '실패';
  readonly message: string;
  readonly occurredAt: string;
}

/** The result of an order; null while it is not settled. */
export function changeResultOf(order: ProductOrder): ChangeResult | null {
  const { state } = order;
  switch (state.kind) {
    case 'COMPLETED':
    case 'REJECTED':
    case 'FAILED':
      return {
        productOrderId: order.id,
        lineId: order.lineId,
        productCodeAfter: order.productCodeAfter,
        result: state.kind === 'COMPLETED' ? '정상' : '실패',
        message: orderText(state, 'ko'),
        occurredAt: state.settledAt.toISOString(),
      };
    case 'REQUESTED':
    case 'SENT':
    case 'UNKNOWN':
    case 'NEEDS_OPERATOR':
      return null;
  }
}

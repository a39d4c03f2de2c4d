import type { SettledOrder } from './settled-order.ts';
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

export const changeResultOf = ({ id, lineId, productCodeAfter, state }: SettledOrder): ChangeResult => ({
  productOrderId: id,
  lineId,
  productCodeAfter,
  result: state.kind === 'COMPLETED' ? '정상' : '실패',
  message: orderText(state, 'ko'),
  occurredAt: state.settledAt.toISOString(),
});

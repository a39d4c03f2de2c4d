import { operatorOf, type Asking, type ProductGraph } from './a-product-graph.ts';
import { orderChange, readOrder, type Decision } from './asking.ts';

export type Fault = Parameters<ProductGraph['kos']['faults']['replace']>[0][number];

const MINUTE_MS = 60_000;

/** Orders are handed over ten minutes after they were sent. */
export const handedOverSoon = { HAND_OVER_AFTER_MS: String(10 * MINUTE_MS) };

/** The request gets lost on its way to KOS. */
export const lost: Fault = { operation: 'product-change', reset: 'before', times: 1 };
/** KOS does what it was asked, or refuses it, and nobody hears of it. */
export const unheard: Fault = { operation: 'product-change', reset: 'after-apply', times: 1 };
/** KOS's books cannot be read. */
export const silence: Fault = { operation: 'change-status', status: 503 };

export const oneOperator = { viewer: operatorOf('one-operator') };
export const anotherOperator = { viewer: operatorOf('another-operator') };

interface Wish {
  readonly lineId: string;
  readonly productOfferingId: string;
  readonly requestedStart?: 'IMMEDIATELY' | 'NEXT_MONTH';
}

/** Orders a change whose request meets a fault, and about which KOS is silent until it is handed over; then KOS speaks again. */
export async function handOver(product: ProductGraph, fault: Fault, wish: Wish, asking: Asking): Promise<unknown> {
  product.kos.faults.replace([fault, silence]);
  const { id } = await orderChange(product, { externalId: 'wish', ...wish }, asking);
  product.clock.advance(11 * MINUTE_MS);
  await product.reconcile();
  product.kos.faults.clear();
  const held = await readOrder(product, id, asking);
  if (held?.['state'] !== 'HELD') throw new Error(`the order is not held: ${JSON.stringify(held)}`);
  return id;
}

/** An order of a customer of its own that waits for an operator. */
export async function aHeldOrder(product: ProductGraph, fault: Fault, requestedStart?: Wish['requestedStart']) {
  const line = product.aLine();
  const wish = { lineId: line.lineId, productOfferingId: line.target, ...(requestedStart && { requestedStart }) };
  return { ...line, id: await handOver(product, fault, wish, { viewer: line.owner }) };
}

export type HeldOrder = Awaited<ReturnType<typeof aHeldOrder>>;

export const stateOf = async (product: ProductGraph, { id, owner }: HeldOrder): Promise<unknown> =>
  (await readOrder(product, id, { viewer: owner }))?.['state'];

export const evidence = '통신사 고객센터 김상담, 11:20, 접수번호 4711';

/** That it failed: what an operator may say alone while KOS is silent, and what KOS confirms where it has no trace. */
export const onMyWord = (id: unknown): Decision => ({
  productOrderId: id,
  outcome: 'FAILED',
  evidence,
  isKosSilenceAccepted: true,
});

/** Every decision on record, in the order of time. */
export const decisionsOf = (product: ProductGraph) =>
  product.query(
    `SELECT user_id, order_id, outcome, effective_date::text AS day, kos_word, is_kos_silence_accepted AS on_word, result
     FROM operator_decision ORDER BY decided_at, result`,
  );

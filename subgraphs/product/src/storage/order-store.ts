import { isDeepStrictEqual } from 'node:util';

import { outboxRowOf } from '@supergraph/database/message-store';
import { DatabaseLost } from '@supergraph/database/database-loss';
import type { FieldCipher } from '@supergraph/platform/encryption';

import type { IdempotencyKey } from '../domain/idempotency-key.ts';
import type { RecordedDecision } from '../domain/operator-decision.ts';
import type { DueOrder, HeldKey, OrderStore, Placed, Placing, Step } from '../domain/ports.ts';
import {
  isSettled,
  openKinds,
  type OrderIn,
  type ProductOrder,
  type StateKind,
  type Successor,
} from '../domain/product-order.ts';
import { settledOrderOf } from '../domain/settled-order.ts';
import { orderSettledMessage } from '../messages/order-settled.ts';
import { placeOfLineNumber } from './customer-register.ts';
import { standingName } from './kept-standings.ts';
import type { WriteCalls } from './kos-call-rows.ts';
import type { WriteDecision } from './operator-journal.ts';
import { columnsOf, dateOf, orderOf } from './order-rows.ts';
import { inTransaction, type ProductDatabase, type Transaction } from './product-database.ts';
import { writeAcceptedRequest } from './request-journal.ts';

/** Who wrote a row last is told by the row itself, so a commit whose answer got lost is simply run again. */
const repeatable = { isRepeatable: true } as const;

export interface OrderStoreDeps {
  readonly database: ProductDatabase;
  readonly cipher: FieldCipher;
  readonly newId: () => string;
  readonly writeCalls: WriteCalls;
  readonly writeDecision: WriteDecision;
  /** Told after the commit that everything kept about a line is out of date. */
  readonly onLineChanged: (lineId: string) => Promise<void>;
  /** Told after the commit that a result waits in the outbox. */
  readonly onResult: () => void;
}

export function createOrderStore(deps: OrderStoreDeps): OrderStore {
  const { database, cipher, newId, writeCalls, writeDecision, onLineChanged, onResult } = deps;

  /** All steps of a line's orders are taken one after another, under the lock of the line's row. */
  async function lockLine(tx: Transaction, lineId: string): Promise<{ readonly productVersion: number }> {
    const [line] = await tx.$queryRaw<{ productVersion: number }[]>`
      SELECT product_version AS "productVersion" FROM customer_line WHERE line_id = ${lineId} FOR UPDATE`;
    if (line === undefined) throw new Error('an order is for a line nobody knows');
    return line;
  }

  async function writeStep(tx: Transaction, { id, lineId }: ProductOrder, step: { state: StateKind; takenAt: Date }) {
    const last = await tx.orderStep.findFirst({ where: { lineId }, orderBy: { sequence: 'desc' } });
    await tx.orderStep.create({ data: { lineId, sequence: (last?.sequence ?? 0) + 1, orderId: id, ...step } });
  }

  async function place(tx: Transaction, placing: Placing): Promise<Placed> {
    const { order, fingerprint, stepUpId } = placing;
    const { productVersion } = await lockLine(tx, order.lineId);
    const held = await findByKey(tx, order);
    // Its own, when the first run was committed and only the answer got lost.
    if (held?.order.id === order.id) return { kind: 'placed' };
    if (held !== null) return { kind: 'same-key', held };
    const open = await findOpen(tx, order.lineId);
    if (open !== null) return { kind: 'open-order', order: open };
    if (productVersion !== placing.expectedVersion) return { kind: 'version-conflict', currentVersion: productVersion };
    if (stepUpId !== null && (await isSpent(tx, stepUpId))) return { kind: 'step-up-spent' };

    const { state, requestedDate, ...facts } = order;
    const row = {
      ...facts,
      ...columnsOf(state),
      requestedDate: dateOf(requestedDate),
      fingerprint,
      stepUpId,
      dueAt: placing.dueAt,
    };
    const { count } = await tx.productOrder.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return { kind: 'contended' };
    await writeStep(tx, order, { state: 'REQUESTED', takenAt: order.requestedAt });
    await writeAcceptedRequest(tx, placing, newId());
    await writeCalls(tx, order.id, placing.calls);
    return { kind: 'placed' };
  }

  /** Under the lock of the line, so that what happened to it is told in the order in which it happened. */
  async function tell(tx: Transaction, order: ProductOrder): Promise<void> {
    const settled = settledOrderOf(order);
    if (settled !== null) await tx.outboxMessage.create({ data: outboxRowOf(orderSettledMessage(settled)) });
  }

  async function complete(tx: Transaction, { lineId }: ProductOrder, productVersion: number): Promise<void> {
    await tx.customerLine.update({ where: { lineId }, data: { productVersion: { increment: 1 } } });
    await tx.keptAnswer.deleteMany({ where: { question: standingName({ lineId, productVersion }) } });
  }

  async function take<From extends StateKind, To extends Successor<From>>(
    tx: Transaction,
    order: OrderIn<From>,
    step: Step<To>,
  ): Promise<OrderIn<To> | null> {
    const { productVersion } = await lockLine(tx, order.lineId);
    const { count } = await tx.productOrder.updateMany({
      where: { id: order.id, state: order.state.kind },
      data: { ...columnsOf(step.to), dueAt: step.dueAt },
    });
    const taken = { ...order, state: step.to };
    if (count === 0) return (await isTaken(tx, taken, step.decision)) ? taken : null;
    await writeStep(tx, order, { state: step.to.kind, takenAt: step.at });
    await writeCalls(tx, order.id, step.calls);
    if (step.decision !== undefined) await writeDecision(tx, step.decision);
    if (taken.state.kind === 'COMPLETED') await complete(tx, order, productVersion);
    await tell(tx, taken);
    return taken;
  }

  async function claimDue(now: Date, leaseUntil: Date): Promise<DueOrder | null> {
    const [claimed] = await database.$queryRaw<{ id: string }[]>`
      UPDATE product_order SET due_at = ${leaseUntil}
      WHERE id = (
        SELECT id FROM product_order WHERE due_at <= ${now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING id`;
    if (claimed === undefined) return null;
    const row = await database.productOrder.findUniqueOrThrow({ where: { id: claimed.id } });
    return { order: orderOf(row), lineNumber: await lineNumberOf(row), looksBefore: row.looks };
  }

  async function lineNumberOf({ lineId }: { readonly lineId: string }): Promise<string> {
    const { sealedLineNumber } = await database.customerLine.findUniqueOrThrow({ where: { lineId } });
    return cipher.open(sealedLineNumber, placeOfLineNumber(lineId));
  }

  return {
    async place(placing) {
      try {
        return await inTransaction(database, (tx) => place(tx, placing), repeatable);
      } catch (error) {
        if (error instanceof DatabaseLost && error.mayBeDone) return { kind: 'unclear' };
        throw error;
      }
    },
    async advance(order, step) {
      const taken = await inTransaction(database, (tx) => take(tx, order, step), repeatable);
      if (taken?.state.kind === 'COMPLETED') await onLineChanged(order.lineId);
      if (taken !== null && isSettled(taken)) onResult();
      return taken;
    },
    async find(id) {
      const row = await database.productOrder.findUnique({ where: { id } });
      return row && orderOf(row);
    },
    async findHandedOver(id) {
      const row = await database.productOrder.findFirst({ where: { id, handedOverAt: { not: null } } });
      return row && { order: orderOf(row), lineNumber: await lineNumberOf(row) };
    },
    findByKey: (key) => findByKey(database, key),
    findOpen: (lineId) => findOpen(database, lineId),
    claimDue,
    async recordLook(orderId, call, { nextLookAt, isCounted }) {
      await inTransaction(database, async (tx) => {
        if (isCounted) await tx.productOrder.update({ where: { id: orderId }, data: { looks: { increment: 1 } } });
        await tx.productOrder.updateMany({
          where: { id: orderId, state: { in: ['UNKNOWN', 'NEEDS_OPERATOR'] } },
          data: { dueAt: nextLookAt },
        });
        await writeCalls(tx, orderId, [call]);
      });
    },
  };
}

/**
 * Whether an order is where a step leads, as it is when the step was committed and only the answer got lost. Two operators
 * may lead it to the same place; whose decision it was is on record.
 */
async function isTaken(tx: Transaction, { id, state }: ProductOrder, decision?: RecordedDecision): Promise<boolean> {
  if (decision !== undefined) return (await tx.operatorDecision.count({ where: { id: decision.id } })) > 0;
  const row = await tx.productOrder.findUnique({ where: { id } });
  return row !== null && isDeepStrictEqual(orderOf(row).state, state);
}

async function findByKey(tx: Transaction, { userId, externalId }: IdempotencyKey): Promise<HeldKey | null> {
  const row = await tx.productOrder.findFirst({ where: { userId, externalId, isKeyHeld: true } });
  return row && { order: orderOf(row), fingerprint: row.fingerprint };
}

/** An order that certainly never left gives its step-up back, as it does its key. */
const isSpent = async (tx: Transaction, stepUpId: string): Promise<boolean> =>
  (await tx.productOrder.count({ where: { stepUpId, isKeyHeld: true } })) > 0;

async function findOpen(tx: Transaction, lineId: string): Promise<ProductOrder | null> {
  const row = await tx.productOrder.findFirst({ where: { lineId, state: { in: [...openKinds] } } });
  return row && orderOf(row);
}

import type { Placing, Qualification, RefusedRequest, RequestJournal } from '../domain/ports.ts';
import { isQualified } from '../domain/pre-check.ts';
import { inTransaction, type ProductDatabase, type Transaction } from './product-database.ts';
import type { WriteCalls } from './kos-call-rows.ts';

async function writeQualification(tx: Transaction, qualification: Qualification): Promise<void> {
  const { checks, ...facts } = qualification;
  await tx.qualification.create({
    data: {
      ...facts,
      isQualified: isQualified(checks),
      checks: checks.map(({ type, finding }) => ({ type, finding })),
    },
  });
}

/** The request history of an order, written in the order's own transaction. */
export async function writeAcceptedRequest(
  tx: Transaction,
  { order, qualification }: Placing,
  id: string,
): Promise<void> {
  await writeQualification(tx, qualification);
  const { userId, customerId, lineId, productCodeBefore, productCodeAfter, requestedAt } = order;
  await tx.changeRequest.create({
    data: {
      id,
      ...{ userId, customerId, lineId, productCodeBefore, productCodeAfter, requestedAt },
      orderId: order.id,
      qualificationId: qualification.id,
    },
  });
}

export function createRequestJournal(deps: {
  readonly database: ProductDatabase;
  readonly writeCalls: WriteCalls;
}): RequestJournal {
  const { database, writeCalls } = deps;
  return {
    async qualified(qualification, calls) {
      await inTransaction(database, async (tx) => {
        await writeQualification(tx, qualification);
        await writeCalls(tx, qualification.id, calls);
      });
    },
    async refused(request: RefusedRequest) {
      const { qualification, calls, ...facts } = request;
      await inTransaction(database, async (tx) => {
        if (qualification !== null) await writeQualification(tx, qualification);
        await tx.changeRequest.create({ data: { ...facts, qualificationId: qualification?.id ?? null } });
        await writeCalls(tx, request.id, calls);
      });
    },
  };
}

import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import { longestEvidence, type RecordedDecision } from '../domain/operator-decision.ts';
import type { OperatorJournal } from '../domain/ports.ts';
import type { KosRecord } from '../domain/reconciliation.ts';
import type { KosWord } from './generated/client.ts';
import type { WriteCalls } from './kos-call-rows.ts';
import { dateOf, dayOf } from './order-rows.ts';
import { inTransaction, type ProductDatabase, type Transaction } from './product-database.ts';

const placeOf = (row: string) => fieldPlace({ table: 'operator_decision', row, column: 'sealed_evidence' });

const kosWords = {
  accepted: 'ACCEPTED',
  refused: 'REFUSED',
  absent: 'ABSENT',
  unreachable: 'SILENT',
} as const satisfies Record<KosRecord['kind'], KosWord>;

const kosColumnsOf = (record: KosRecord | null) => ({
  kosWord: record && kosWords[record.kind],
  kosEffectiveDate: record?.kind === 'accepted' ? dateOf(record.effectiveDate) : null,
  kosRefusalReason: record?.kind === 'refused' ? record.reason : null,
});

/** Puts a decision on record, as part of somebody else's transaction. */
export type WriteDecision = (tx: Transaction, decision: RecordedDecision) => Promise<void>;

export const createWriteDecision =
  (cipher: FieldCipher): WriteDecision =>
  async (tx, { decision, kosRecord, ...facts }) => {
    const { evidence, effectiveDate, ...said } = decision;
    await tx.operatorDecision.create({
      data: {
        ...facts,
        ...said,
        effectiveDate: effectiveDate && dateOf(effectiveDate),
        sealedEvidence: cipher.seal(evidence.slice(0, longestEvidence), placeOf(facts.id)),
        ...kosColumnsOf(kosRecord),
      },
    });
  };

export function createOperatorJournal(deps: {
  readonly database: ProductDatabase;
  readonly cipher: FieldCipher;
  readonly writeDecision: WriteDecision;
  readonly writeCalls: WriteCalls;
}): OperatorJournal {
  const { database, cipher, writeDecision, writeCalls } = deps;
  return {
    async looked({ orderIds, ...look }) {
      await database.operatorLook.create({ data: { ...look, orderIds: [...orderIds] } });
    },
    async declined(decision, call) {
      const { orderId } = decision;
      await inTransaction(database, async (tx) => {
        await writeDecision(tx, decision);
        if (orderId !== null && call !== null) await writeCalls(tx, orderId, [call]);
      });
    },
    async findSettling(orderId) {
      const row = await database.operatorDecision.findFirst({ where: { orderId, result: 'SETTLED' } });
      if (row === null) return null;
      const { id, userId, outcome, effectiveDate, refusalReason, sealedEvidence, isKosSilenceAccepted } = row;
      const said = { outcome, refusalReason, isKosSilenceAccepted };
      const evidence = cipher.open(sealedEvidence, placeOf(id));
      return { userId, decision: { ...said, effectiveDate: effectiveDate && dayOf(effectiveDate), evidence } };
    },
  };
}

import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import type { KosCall } from '../domain/kos-call.ts';
import type { KosCall as KosCallRow } from './generated/client.ts';
import type { Transaction } from './product-database.ts';

const placeOf = (row: string) => fieldPlace({ table: 'kos_call', row, column: 'sealed_exchange' });

/** Writes down what KOS was asked, as part of somebody else's transaction. */
export type WriteCalls = (tx: Transaction, subjectId: string, calls: readonly KosCall[]) => Promise<void>;

export function createWriteCalls(deps: { readonly cipher: FieldCipher; readonly newId: () => string }): WriteCalls {
  const { cipher, newId } = deps;

  const add = async (tx: Transaction, subjectId: string, call: KosCall): Promise<void> => {
    const { exchange, ...facts } = call;
    const id = newId();
    await tx.kosCall.create({
      data: { id, subjectId, ...facts, sealedExchange: exchange && cipher.seal(exchange, placeOf(id)) },
    });
  };

  /** The one change of an order was written down before it was made; its end takes the place of its beginning. */
  const endChange = async (tx: Transaction, subjectId: string, call: KosCall): Promise<void> => {
    const begun = await tx.kosCall.findFirst({ where: { subjectId, operation: 'CHANGE', outcome: 'PENDING' } });
    if (begun === null) return;
    const { exchange, respondedAt, resultCode, outcome } = call;
    const sealedExchange = exchange && cipher.seal(exchange, placeOf(begun.id));
    await tx.kosCall.update({ where: { id: begun.id }, data: { respondedAt, resultCode, outcome, sealedExchange } });
  };

  return async (tx, subjectId, calls) => {
    for (const call of calls) {
      const isEndOfChange = call.operation === 'CHANGE' && call.outcome !== 'PENDING';
      await (isEndOfChange ? endChange : add)(tx, subjectId, call);
    }
  };
}

/** A call as the history shows it; what went over the wire stays sealed. */
export const callOf = ({ operation, requestedAt, respondedAt, resultCode, outcome }: KosCallRow): KosCall => ({
  operation,
  requestedAt,
  respondedAt,
  resultCode,
  outcome,
  exchange: null,
});

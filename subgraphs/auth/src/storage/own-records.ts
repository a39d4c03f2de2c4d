import { createLastKnown } from '@supergraph/database/last-known';
import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';
import { MINUTE_MS, type Clock } from '@supergraph/platform/time';

import type { Caller } from '../domain/account.ts';
import { isId } from '../domain/id.ts';
import type { Line, OwnRecords } from '../domain/ports.ts';
import { toAccount } from './account-store.ts';
import type { AuthDatabase } from './auth-database.ts';
import type { CustomerLine } from './generated/client.ts';

/** The place a line's number is sealed for. */
export const lineNumberPlace = (lineId: string): string =>
  fieldPlace({ table: 'customer_line', row: lineId, column: 'line_number_sealed' });

const dashed = (lineNumber: string): string => lineNumber.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1-$2-$3');

const mostRemembered = 10_000;

/** While the database does not answer, the caller is shown what was last found for him, as long as he may read without it. */
export function rememberOwnRecords(own: OwnRecords, clock: Clock): OwnRecords {
  type Find<Found> = (caller: Caller, ids: readonly string[]) => Promise<readonly Found[]>;
  const remembering = <Found>(find: Find<Found>): Find<Found> => {
    const readLastKnown = createLastKnown<readonly Found[]>({ most: mostRemembered, longestMs: 5 * MINUTE_MS, clock });
    return async (caller, ids) =>
      (await readLastKnown(JSON.stringify([caller.userId, ids]), () => find(caller, ids))).value;
  };
  return {
    accounts: remembering((caller, ids) => own.accounts(caller, ids)),
    customerIds: remembering((caller, ids) => own.customerIds(caller, ids)),
    lines: remembering((caller, ids) => own.lines(caller, ids)),
    linesOfCustomers: remembering((caller, ids) => own.linesOfCustomers(caller, ids)),
  };
}

/** Makes the look-ups that find the caller's own rows only: whose they are is part of every WHERE. */
export function createOwnRecords({
  database,
  cipher,
}: {
  readonly database: AuthDatabase;
  readonly cipher: FieldCipher;
}): OwnRecords {
  const toLine = ({ id, customerId, lineNumberSealed }: CustomerLine): Line => ({
    id,
    customerId,
    phoneNumber: dashed(cipher.open(lineNumberSealed, lineNumberPlace(id))),
  });

  return {
    async accounts(caller, ids) {
      const rows = await database.account.findMany({
        where: { AND: [{ id: { in: ids.filter(isId) } }, { id: caller.userId }] },
      });
      return rows.map(toAccount);
    },

    async customerIds(caller, ids) {
      const rows = await database.account.findMany({
        where: { customerId: { in: ids.filter(isId) }, id: caller.userId },
        select: { customerId: true },
      });
      return rows.flatMap(({ customerId }) => customerId ?? []);
    },

    async lines(caller, ids) {
      const rows = await database.customerLine.findMany({
        where: { id: { in: ids.filter(isId) }, account: { id: caller.userId } },
      });
      return rows.map(toLine);
    },

    async linesOfCustomers(caller, customerIds) {
      const rows = await database.customerLine.findMany({
        where: { customerId: { in: customerIds.filter(isId) }, account: { id: caller.userId } },
        orderBy: { id: 'asc' },
      });
      return rows.map(toLine);
    },
  };
}

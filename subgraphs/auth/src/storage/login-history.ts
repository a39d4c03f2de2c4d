import type { FieldCipher } from '@supergraph/platform/encryption';

import type { Client } from '../domain/account.ts';
import type { Prisma } from './generated/client.ts';
import { createAddressSeal } from './sealed-address.ts';

type Row = Prisma.LoginHistoryUncheckedCreateInput;

/** Makes rows of the login history out of what happened and who the client was. */
export function createLoginHistoryRows(cipher: FieldCipher) {
  const seal = createAddressSeal(cipher, 'login_history');
  return (event: Omit<Row, 'clientIpSealed' | 'userAgent'>, client: Client): Row => ({
    ...event,
    clientIpSealed: seal(client.address, event.id),
    userAgent: client.userAgent,
  });
}

export type LoginHistoryRows = ReturnType<typeof createLoginHistoryRows>;

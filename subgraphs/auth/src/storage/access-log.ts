import type { FieldCipher } from '@supergraph/platform/encryption';

import type { AccessLog } from '../domain/ports.ts';
import type { AuthDatabase } from './auth-database.ts';
import { createAddressSeal } from './sealed-address.ts';

const longestServiceName = 64;

/** Makes the record of every permission asked for. */
export function createAccessLog(parts: {
  readonly database: AuthDatabase;
  readonly cipher: FieldCipher;
  readonly newId: () => string;
}): AccessLog {
  const seal = createAddressSeal(parts.cipher, 'permission_access_log');
  return {
    async record({ caller, service, verdict, client, at }) {
      const id = parts.newId();
      await parts.database.permissionAccess.createMany({
        data: {
          id,
          accountId: caller.userId,
          service: service.slice(0, longestServiceName),
          outcome: verdict.isGranted ? 'GRANTED' : 'DENIED',
          denialReason: verdict.isGranted ? null : verdict.denial,
          sessionId: caller.sessionId,
          clientIpSealed: seal(client.address, id),
          accessedAt: at,
        },
      });
    },
  };
}

import { randomUUID } from 'node:crypto';

import { createFieldCipher } from '@supergraph/platform/encryption';
import { createOpaqueId, type Viewer } from '@supergraph/platform/identity';
import type { Clock } from '@supergraph/platform/time';
import type pg from 'pg';

import type { AuthConfig } from '../config.ts';
import type { AccountStatus, Role } from '../domain/account.ts';
import type { Passwords } from '../domain/ports.ts';
import type { PermissionCode } from '../domain/permission.ts';
import { lineNumberPlace } from '../storage/own-records.ts';

export interface Person {
  readonly id: string;
  readonly loginId: string;
  readonly password: string;
  readonly customerId: string | null;
  readonly lineIds: readonly string[];
  /** Who this is to a subgraph that trusts the gateway's word. */
  readonly viewer: Viewer;
}

export interface PersonWish {
  readonly loginId?: string;
  readonly role?: Role;
  readonly status?: AccountStatus;
  readonly permissions?: readonly PermissionCode[];
  readonly lineNumbers?: readonly string[];
  /** Instead of the hash of the password as it is made today. */
  readonly passwordHash?: string;
}

/** Puts people into the database of a test. */
export interface People {
  add(wish?: PersonWish): Promise<Person>;
}

export const passwordOfAll = '비밀 번호 🔑 1234';

export async function createPeople(parts: {
  readonly config: AuthConfig;
  readonly database: pg.Pool;
  readonly passwords: Passwords;
  readonly clock: Clock;
}): Promise<People> {
  const { config, database, clock } = parts;
  const cipher = createFieldCipher(config.fieldKeys);
  const lineIdOf = createOpaqueId(config.lineIdKey, 'ln_');
  const hashOfAll = await parts.passwords.hash(passwordOfAll);

  return {
    async add(wish = {}) {
      const { role = 'CUSTOMER', status = 'ACTIVE', permissions = [], lineNumbers = [] } = wish;
      const id = randomUUID();
      const loginId = wish.loginId ?? `u-${id.slice(0, 13)}`;
      const customerId = role === 'CUSTOMER' ? `CUST-${id.slice(0, 8)}` : null;
      await database.query(
        `INSERT INTO account (id, login_id, password_hash, customer_id, role, status, password_changed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
        [id, loginId, wish.passwordHash ?? hashOfAll, customerId, role, status, clock.now()],
      );
      for (const service of permissions) {
        await database.query(
          `INSERT INTO permission_grant (account_id, service, granted_by, granted_at) VALUES ($1, $2, 'test', $3)`,
          [id, service, clock.now()],
        );
      }
      const lineIds = lineNumbers.map(lineIdOf);
      for (const [index, lineNumber] of lineNumbers.entries()) {
        const lineId = lineIdOf(lineNumber);
        const sealed = cipher.seal(lineNumber, lineNumberPlace(lineId));
        await database.query('INSERT INTO customer_line VALUES ($1, $2, $3)', [lineIds[index], customerId, sealed]);
      }
      const viewer = { userId: id, customerId, role, scopes: [...permissions], sessionId: `session-of-${loginId}` };
      return { id, loginId, password: passwordOfAll, customerId, lineIds, viewer };
    },
  };
}

import type { Account } from '../domain/account.ts';
import type { Accounts } from '../domain/ports.ts';
import type { AuthDatabase } from './auth-database.ts';
import type { Account as AccountRow } from './generated/client.ts';

export const toAccount = ({ id, loginId, customerId, role, status, lastLoginAt }: AccountRow): Account => ({
  id,
  loginId,
  customerId,
  role,
  status,
  lastLoginAt,
});

/** Makes the accounts of the database. */
export const createAccountStore = (database: AuthDatabase): Accounts => ({
  async findByLoginId(loginId) {
    const row = await database.account.findUnique({ where: { loginId } });
    return row && { account: toAccount(row), passwordHash: row.passwordHash };
  },

  async replacePasswordHash({ accountId, from, to }) {
    await database.account.updateMany({ where: { id: accountId, passwordHash: from }, data: { passwordHash: to } });
  },

  async rightsOf(accountId) {
    const account = await database.account.findUnique({
      where: { id: accountId },
      select: { status: true, role: true, permissions: true },
    });
    return {
      accountStatus: account?.status ?? 'INACTIVE',
      role: account?.role ?? 'CUSTOMER',
      grants: (account?.permissions ?? []).map(({ service, isActive, expiresAt }) => ({
        code: service,
        isActive,
        expiresAt,
      })),
    };
  },
});

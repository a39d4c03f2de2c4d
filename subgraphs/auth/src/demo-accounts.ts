import { randomBytes, randomUUID } from 'node:crypto';

import { createFieldCipher } from '@supergraph/platform/encryption';
import { createOpaqueId } from '@supergraph/platform/identity';
import { systemClock, type Clock } from '@supergraph/platform/time';

import type { AuthConfig } from './config.ts';
import { createPasswords } from './credentials/passwords.ts';
import type { Role } from './domain/account.ts';
import type { PermissionCode } from './domain/permission.ts';
import { openAuthDatabase } from './storage/auth-database.ts';
import { lineNumberPlace } from './storage/own-records.ts';

export interface DemoAccount {
  readonly loginId: string;
  readonly password: string;
  /** What it is good for, in a few words. */
  readonly what: string;
  readonly role: Role;
  readonly customerId: string | null;
  readonly lineNumbers: readonly string[];
  readonly permissions: readonly PermissionCode[];
}

const both = ['BILL_INQUIRY', 'PRODUCT_CHANGE'] as const;

/** Accounts to try the product with; they are known to everybody, so they belong in throwaway databases only. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    loginId: 'testuser01',
    password: 'demo-password-01',
    what: 'a customer with one line and all rights',
    role: 'CUSTOMER',
    customerId: 'CUST001',
    lineNumbers: ['01012345678'],
    permissions: both,
  },
  {
    loginId: 'testuser02',
    password: 'demo-password-02',
    what: 'a customer who may not change plans',
    role: 'CUSTOMER',
    customerId: 'CUST002',
    lineNumbers: ['01087654321'],
    permissions: ['BILL_INQUIRY'],
  },
  {
    loginId: 'testuser03',
    password: 'demo-password-03',
    what: 'a customer whose lines each meet a trouble of their own',
    role: 'CUSTOMER',
    customerId: 'CUST003',
    lineNumbers: ['01012345679', '01012345680', '01012345681', '01012345682', '01012340000'],
    permissions: both,
  },
  {
    loginId: 'operator01',
    password: 'demo-password-11',
    what: 'staff who settle plan changes',
    role: 'OPERATOR',
    customerId: null,
    lineNumbers: [],
    permissions: ['ADMIN', 'ORDER_SETTLEMENT'],
  },
  {
    loginId: 'analyst01',
    password: 'demo-password-21',
    what: 'staff who explore, read-only',
    role: 'ANALYST',
    customerId: null,
    lineNumbers: [],
    permissions: [],
  },
  {
    loginId: 'partner01',
    password: 'demo-password-31',
    what: 'a partner who builds on the API',
    role: 'PARTNER',
    customerId: null,
    lineNumbers: [],
    permissions: [],
  },
  {
    loginId: 'developer01',
    password: 'demo-password-41',
    what: 'staff who build front ends',
    role: 'DEVELOPER',
    customerId: null,
    lineNumbers: [],
    permissions: [],
  },
];

/** Puts the accounts that are missing, by default the demo's, into the auth database; those that are there stay. */
export async function seedDemoAccounts(
  config: AuthConfig,
  {
    clock = systemClock,
    accounts = demoAccounts,
  }: { readonly clock?: Clock; readonly accounts?: readonly DemoAccount[] } = {},
): Promise<void> {
  const database = openAuthDatabase({ url: config.database.url, maxConnections: 1, onError: () => undefined });
  const passwords = await createPasswords({ pepper: config.passwordPepper, randomBytes });
  const lineIdOf = createOpaqueId(config.lineIdKey, 'ln_');
  const cipher = createFieldCipher(config.fieldKeys);
  const now = clock.now();

  const lineOf = (lineNumber: string) => {
    const id = lineIdOf(lineNumber);
    return { id, lineNumberSealed: cipher.seal(lineNumber, lineNumberPlace(id)) };
  };
  const create = async ({ loginId, password, role, customerId, lineNumbers, permissions }: DemoAccount) => {
    const grants = permissions.map((service) => ({ service, grantedBy: 'demo', grantedAt: now }));
    await database.account.create({
      data: {
        id: randomUUID(),
        loginId,
        passwordHash: await passwords.hash(password),
        customerId,
        role,
        passwordChangedAt: now,
        createdAt: now,
        lines: { create: lineNumbers.map(lineOf) },
        permissions: { create: grants },
      },
    });
  };

  const wanted = accounts.map((account) => account.loginId);
  try {
    const known = new Set(
      (await database.account.findMany({ where: { loginId: { in: wanted } }, select: { loginId: true } })).map(
        (row) => row.loginId,
      ),
    );
    for (const account of accounts) if (!known.has(account.loginId)) await create(account);
  } finally {
    await database.$disconnect();
  }
}

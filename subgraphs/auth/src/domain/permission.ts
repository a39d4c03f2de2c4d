import type { AccountStatus, Role } from './account.ts';

/** The services that need a right of their own. */
export const services = ['BILL_INQUIRY', 'PRODUCT_CHANGE'] as const;
export type Service = (typeof services)[number];

/** ADMIN stands for the right to every service; to settle orders for the carrier is a right beside them. */
export type PermissionCode = Service | 'ADMIN' | 'ORDER_SETTLEMENT';

/** What may count in the hands of a role; anything else is worth nothing there, whoever granted it. */
const grantable: Readonly<Record<Role, readonly PermissionCode[]>> = {
  CUSTOMER: [...services, 'ADMIN'],
  OPERATOR: [...services, 'ADMIN', 'ORDER_SETTLEMENT'],
  ANALYST: [...services, 'ADMIN'],
  PARTNER: [],
  DEVELOPER: [],
};

export interface Grant {
  readonly code: PermissionCode;
  readonly isActive: boolean;
  /** Null: until it is taken back. */
  readonly expiresAt: Date | null;
}

/** All that decides what an account may do. */
export interface Rights {
  readonly accountStatus: AccountStatus;
  readonly role: Role;
  readonly grants: readonly Grant[];
}

export type Denial = 'NOT_GRANTED' | 'UNKNOWN_SERVICE';

/** Whether a service may be used. */
export type Verdict = { readonly isGranted: true } | { readonly isGranted: false; readonly denial: Denial };

/** The permissions that count now: of an active account in a role that may have them, themselves active and not run out. */
export function codesInForce({ accountStatus, role, grants }: Rights, now: Date): readonly PermissionCode[] {
  if (accountStatus !== 'ACTIVE') return [];
  return grants
    .filter((grant) => grant.isActive && (grant.expiresAt === null || grant.expiresAt > now))
    .map((grant) => grant.code)
    .filter((code) => grantable[role].includes(code));
}

const isService = (name: string): name is Service => services.some((service) => service === name);

export function judge(codes: readonly PermissionCode[], service: string): Verdict {
  if (!isService(service)) return { isGranted: false, denial: 'UNKNOWN_SERVICE' };
  const isGranted = codes.includes(service) || codes.includes('ADMIN');
  return isGranted ? { isGranted } : { isGranted, denial: 'NOT_GRANTED' };
}

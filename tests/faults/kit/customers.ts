import { readAuthConfig } from '@supergraph/auth/config';
import { demoAccounts, seedDemoAccounts, type DemoAccount } from '@supergraph/auth/demo-accounts';
import type { KosAdmin } from '@supergraph/kos-simulator/admin';
import { createOpaqueId } from '@supergraph/platform/identity';
import type { Clock } from '@supergraph/platform/time';

import type { Settings } from './services.ts';

/** Somebody with an account here and one line at KOS that nothing stops from changing plans. */
export interface Customer {
  readonly loginId: string;
  readonly password: string;
  readonly customerId: string;
  readonly lineId: string;
  readonly lineNumber: string;
  /** What the line was on when the test began. */
  readonly productCode: string;
}

/** The plans such a line may change to, and from. */
export const plans = ['5G-PREMIUM-001', '5G-STANDARD-001', '5G-BASIC-001', '5G-SLIM-001'] as const;

const password = 'fault-password';

/** Staff who settle plan changes. */
export const operator = demoAccounts.filter((account) => account.role === 'OPERATOR');

/** Finds customers at KOS and opens an account for each. */
export async function seedCustomers(from: {
  readonly kos: KosAdmin;
  readonly count: number;
  readonly environment: Settings;
  readonly clock: Clock;
}): Promise<readonly Customer[]> {
  const { kos, count, environment, clock } = from;
  const config = readAuthConfig(environment);
  const lineIdOf = createOpaqueId(config.lineIdKey, 'ln_');
  const wanted = { operatorCode: 'MVNO001', status: 'ACTIVE', device: '5G', isOverdue: false, lineCount: 1 } as const;
  const customers = kos
    .findLines({ ...wanted, limit: count * 4 + 10 })
    .filter((line) => line.contractType !== 'DEVICE_SUBSIDY' && line.customerId.length > 'CUST001'.length)
    .slice(0, count)
    .map((line, index) => ({
      loginId: `customer-${index + 1}`,
      password,
      customerId: line.customerId,
      lineId: lineIdOf(line.lineNumber),
      lineNumber: line.lineNumber,
      productCode: line.currentProductCode,
    }));
  if (customers.length < count) throw new Error(`KOS has ${customers.length} such customers, not ${count}`);
  await seedDemoAccounts(config, { clock, accounts: [...customers.map(accountOf), ...operator] });
  return customers;
}

const accountOf = ({ loginId, customerId, lineNumber }: Customer): DemoAccount => ({
  loginId,
  password,
  what: 'a customer of the fault tests',
  role: 'CUSTOMER',
  customerId,
  lineNumbers: [lineNumber],
  permissions: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
});

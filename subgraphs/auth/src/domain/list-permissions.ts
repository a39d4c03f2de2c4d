import type { Clock } from '@supergraph/platform/time';

import { codesInForce, judge, services, type Service, type Verdict } from './permission.ts';
import type { Accounts } from './ports.ts';

export interface ServiceVerdict {
  readonly service: Service;
  readonly verdict: Verdict;
}

/** Makes the use case of showing an account's right to each service. */
export function createListPermissions({ accounts, clock }: { readonly accounts: Accounts; readonly clock: Clock }) {
  return async (accountId: string): Promise<ServiceVerdict[]> => {
    const codes = codesInForce(await accounts.rightsOf(accountId), clock.now());
    return services.map((service) => ({ service, verdict: judge(codes, service) }));
  };
}

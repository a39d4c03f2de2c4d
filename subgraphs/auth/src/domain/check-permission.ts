import type { Clock } from '@supergraph/platform/time';

import type { Caller, Client } from './account.ts';
import { codesInForce, judge, type Verdict } from './permission.ts';
import type { AccessLog, Accounts } from './ports.ts';

/** Makes the use case of asking for a service (UFR-AUTH-020): a service nobody knows is denied, and every answer is logged. */
export function createCheckPermission(parts: {
  readonly accounts: Accounts;
  readonly accessLog: AccessLog;
  readonly clock: Clock;
}) {
  return async (caller: Caller, wish: { readonly service: string; readonly client: Client }): Promise<Verdict> => {
    const at = parts.clock.now();
    const rights = await parts.accounts.rightsOf(caller.userId);
    const verdict = judge(codesInForce(rights, at), wish.service);
    await parts.accessLog.record({ caller, verdict, at, ...wish });
    return verdict;
  };
}

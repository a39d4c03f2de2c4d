import DataLoader from 'dataloader';

import type { Account, Caller } from '../domain/account.ts';
import type { ServiceVerdict } from '../domain/list-permissions.ts';
import type { Line, OwnRecords } from '../domain/ports.ts';
import type { Session } from '../domain/session.ts';

/** What one request looked up; each thing once. */
export interface Loaders {
  readonly accounts: DataLoader<string, Account | null>;
  readonly customers: DataLoader<string, string | null>;
  readonly lines: DataLoader<string, Line | null>;
  readonly linesOfCustomer: DataLoader<string, Line[]>;
  readonly sessions: DataLoader<string, Session[]>;
  readonly permissions: DataLoader<string, ServiceVerdict[]>;
}

const oneByOne = <Value>(find: (id: string) => Promise<Value>) =>
  new DataLoader<string, Value>((ids) => Promise.all(ids.map(find)));

function byId<Value>(find: (ids: readonly string[]) => Promise<readonly Value[]>, idOf: (value: Value) => string) {
  return new DataLoader<string, Value | null>(async (ids) => {
    const found = new Map((await find(ids)).map((value) => [idOf(value), value]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

/** Makes the loaders of one request; nobody owns anything when nobody is signed in. */
export function createLoaders(
  caller: Caller | null,
  sources: {
    readonly own: OwnRecords;
    readonly listSessions: (accountId: string) => Promise<Session[]>;
    readonly listPermissions: (accountId: string) => Promise<ServiceVerdict[]>;
  },
): Loaders {
  const { own } = sources;
  const ofCaller =
    <Value>(find: (caller: Caller, ids: readonly string[]) => Promise<readonly Value[]>) =>
    (ids: readonly string[]): Promise<readonly Value[]> =>
      caller === null ? Promise.resolve([]) : find(caller, ids);
  const findLinesOf = ofCaller(own.linesOfCustomers);
  return {
    accounts: byId(ofCaller(own.accounts), (account) => account.id),
    customers: byId(ofCaller(own.customerIds), (id) => id),
    lines: byId(ofCaller(own.lines), (line) => line.id),
    linesOfCustomer: new DataLoader(async (customerIds) => {
      const lines = await findLinesOf(customerIds);
      return customerIds.map((customerId) => lines.filter((line) => line.customerId === customerId));
    }),
    sessions: oneByOne(sources.listSessions),
    permissions: oneByOne(sources.listPermissions),
  };
}

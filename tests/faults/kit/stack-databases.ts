import { databaseNames, type DatabaseName } from '@supergraph/database/databases';
import { createTestDatabase } from '@supergraph/database/testing';
import type { Lifecycle } from '@supergraph/platform/server';

import { startOwnPostgres, type OwnPostgres, type OwnPostgresOptions } from './own-postgres.ts';

/** Where the databases of a stack are. */
export interface Databases {
  readonly urls: Readonly<Record<DatabaseName, string>>;
  server(): OwnPostgres;
}

/** Makes them on the server of the test run, or on one of the test's own. */
export async function openDatabases(ownPostgres: boolean | OwnPostgresOptions, life: Lifecycle): Promise<Databases> {
  if (ownPostgres === false) {
    const opened = await Promise.all(databaseNames.map((name) => createTestDatabase(name)));
    for (const database of opened) life.own(database, (each) => each.drop());
    const [auth, billing, product, gateway] = opened;
    if (auth === undefined || billing === undefined || product === undefined || gateway === undefined)
      throw new Error('there are four databases');
    return {
      urls: { auth: auth.url, billing: billing.url, product: product.url, gateway: gateway.url },
      server() {
        throw new Error('the server is shared with other tests: aStack({ ownPostgres: true })');
      },
    };
  }
  const server = await startOwnPostgres(ownPostgres === true ? {} : ownPostgres);
  life.own(server, (opened) => opened.close());
  const urls = {
    auth: server.urlOf('auth'),
    billing: server.urlOf('billing'),
    product: server.urlOf('product'),
    gateway: server.urlOf('gateway'),
  };
  return { urls, server: () => server };
}

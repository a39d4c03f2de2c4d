import { applyMigrations } from '@supergraph/database/apply-migrations';
import { databaseNames } from '@supergraph/database/databases';
import { startEmbeddedPostgres } from '@supergraph/database/embedded-postgres';
import type { Lifecycle } from '@supergraph/platform/server';

import type { databaseUrls, EmbeddedConfig } from './config.ts';

/** One migrated database for each service that keeps anything. */
export interface Databases {
  readonly urls: Readonly<Record<(typeof databaseUrls)[number], string>>;
  /** Whether this process keeps them, so that demo accounts may live there. */
  readonly areOurs: boolean;
  readonly addresses: Readonly<Record<string, string>>;
}

/** Uses the databases whose addresses are given, else starts PostgreSQL here; applies the migrations to all of them. */
export async function openDatabases(options: {
  readonly config: EmbeddedConfig;
  readonly dataDir: string;
  readonly port: number;
  readonly life: Lifecycle;
  readonly say: (sentence: string) => void;
  readonly onUnexpectedEnd: (lastWords: string) => void;
}): Promise<Databases> {
  const databases = givenDatabases(options.config) ?? (await embeddedDatabases(options));
  const { urls } = databases;
  const urlOf = {
    auth: urls.AUTH_DATABASE_URL,
    billing: urls.BILLING_DATABASE_URL,
    product: urls.PRODUCT_DATABASE_URL,
    gateway: urls.GATEWAY_DATABASE_URL,
  };
  await Promise.all(databaseNames.map((database) => applyMigrations({ database, url: urlOf[database] })));
  return databases;
}

function givenDatabases(config: EmbeddedConfig): Databases | null {
  const { AUTH_DATABASE_URL, BILLING_DATABASE_URL, PRODUCT_DATABASE_URL, GATEWAY_DATABASE_URL } = config;
  if (
    AUTH_DATABASE_URL === undefined ||
    BILLING_DATABASE_URL === undefined ||
    PRODUCT_DATABASE_URL === undefined ||
    GATEWAY_DATABASE_URL === undefined
  ) {
    return null;
  }
  return {
    urls: { AUTH_DATABASE_URL, BILLING_DATABASE_URL, PRODUCT_DATABASE_URL, GATEWAY_DATABASE_URL },
    areOurs: false,
    addresses: {},
  };
}

async function embeddedDatabases(options: {
  readonly dataDir: string;
  readonly port: number;
  readonly life: Lifecycle;
  readonly say: (sentence: string) => void;
  readonly onUnexpectedEnd: (lastWords: string) => void;
}): Promise<Databases> {
  const server = options.life.own(
    await startEmbeddedPostgres({ ...options, folder: `${options.dataDir}/postgres` }),
    (postgres) => postgres.stop(),
  );
  return {
    urls: {
      AUTH_DATABASE_URL: server.urlOf('auth'),
      BILLING_DATABASE_URL: server.urlOf('billing'),
      PRODUCT_DATABASE_URL: server.urlOf('product'),
      GATEWAY_DATABASE_URL: server.urlOf('gateway'),
    },
    areOurs: true,
    addresses: { PostgreSQL: `127.0.0.1:${server.port}` },
  };
}

import { applyMigrations } from '@supergraph/database/apply-migrations';
import { startEmbeddedPostgres } from '@supergraph/database/embedded-postgres';
import type { Lifecycle } from '@supergraph/platform/server';

import type { EmbeddedConfig } from './config.ts';

const names = ['auth', 'billing', 'product'] as const;

/** One migrated database for each subgraph. */
export interface Databases {
  readonly urls: Readonly<Record<'AUTH_DATABASE_URL' | 'BILLING_DATABASE_URL' | 'PRODUCT_DATABASE_URL', string>>;
  /** Whether this process keeps them, so that demo accounts may live there. */
  readonly areOurs: boolean;
  readonly addresses: Readonly<Record<string, string>>;
}

/** Uses the databases whose addresses are given, else starts PostgreSQL here; applies the migrations to all three. */
export async function openDatabases(options: {
  readonly config: EmbeddedConfig;
  readonly dataDir: string;
  readonly port: number;
  readonly life: Lifecycle;
  readonly say: (sentence: string) => void;
  readonly onUnexpectedEnd: (lastWords: string) => void;
}): Promise<Databases> {
  const databases = givenDatabases(options.config) ?? (await embeddedDatabases(options));
  const { AUTH_DATABASE_URL: auth, BILLING_DATABASE_URL: billing, PRODUCT_DATABASE_URL: product } = databases.urls;
  const urls = { auth, billing, product };
  await Promise.all(names.map((database) => applyMigrations({ database, url: urls[database] })));
  return databases;
}

function givenDatabases(config: EmbeddedConfig): Databases | null {
  const { AUTH_DATABASE_URL, BILLING_DATABASE_URL, PRODUCT_DATABASE_URL } = config;
  if (AUTH_DATABASE_URL === undefined || BILLING_DATABASE_URL === undefined || PRODUCT_DATABASE_URL === undefined) {
    return null;
  }
  return {
    urls: { AUTH_DATABASE_URL, BILLING_DATABASE_URL, PRODUCT_DATABASE_URL },
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
    },
    areOurs: true,
    addresses: { PostgreSQL: `127.0.0.1:${server.port}` },
  };
}

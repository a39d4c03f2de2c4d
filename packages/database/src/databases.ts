import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const databaseNames = ['auth', 'billing', 'product', 'gateway'] as const;

/** One database for each service that keeps anything; nobody reads another's. */
export type DatabaseName = (typeof databaseNames)[number];

/** What Prisma needs to know of a database. */
export interface DatabaseProject {
  readonly name: string;
  /** Its schema, migrations, seed and Prisma configuration. */
  readonly folder: string;
  /** The environment variable in which its configuration looks for the address. */
  readonly urlVariable: string;
}

export const repositoryFolder = fileURLToPath(new URL('../../..', import.meta.url));

export const projectOf = (name: DatabaseName): DatabaseProject => ({
  name,
  folder: path.join(repositoryFolder, 'prisma', name),
  urlVariable: `${name.toUpperCase()}_DATABASE_URL`,
});

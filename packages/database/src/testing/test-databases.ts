import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { escapeIdentifier } from 'pg';
import type { DatabaseProject } from '../databases.ts';
import { dropDatabase } from '../ensure-database.ts';
import { withConnection } from '../maintenance-connection.ts';
import { readMigrations } from '../migrations-folder.ts';

/** One run of the tests on one server; several runs may share a server. */
export interface TestRun {
  readonly serverUrl: string;
  readonly runId: string;
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a database with the tables of `project`, empty, by copying a template that is migrated once a run. */
export async function copyTemplate(run: TestRun, project: DatabaseProject): Promise<TestDatabase> {
  const template = `${prefix(run)}${project.name}_template`;
  return await create(run, project.name, async (client) => {
    // Files of tests run in several processes; the lock ends with the connection.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) await createTemplate(run, project, template);
    return `TEMPLATE ${escapeIdentifier(template)}`;
  });
}

/** Makes a database without any tables. */
export const createEmpty = (run: TestRun): Promise<TestDatabase> => create(run, 'empty', () => Promise.resolve(''));

async function create(
  run: TestRun,
  label: string,
  prepare: (client: pg.Client) => Promise<string>,
): Promise<TestDatabase> {
  const name = `${prefix(run)}${label}_${randomBytes(4).toString('hex')}`;
  await withConnection(run.serverUrl, async (client) => {
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)} ${await prepare(client)}`);
  });
  const url = addressOf(run, name);
  return { url, drop: () => dropDatabase(url) };
}

/** Runs the migrations as they are written; that Prisma's own command does the same is a test of its own. */
async function createTemplate(run: TestRun, project: DatabaseProject, template: string): Promise<void> {
  const draft = `${template}_draft`;
  const migrations = await readMigrations(project.folder);
  await withConnection(run.serverUrl, (client) => client.query(`CREATE DATABASE ${escapeIdentifier(draft)}`));
  await withConnection(addressOf(run, draft), async (client) => {
    for (const { sql } of migrations) await client.query(sql);
  });
  await withConnection(run.serverUrl, (client) =>
    client.query(`ALTER DATABASE ${escapeIdentifier(draft)} RENAME TO ${escapeIdentifier(template)}`),
  );
}

/** Drops every database of the run, templates included. */
export async function dropTestDatabases(run: TestRun): Promise<void> {
  const names = await withConnection(run.serverUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix(run)],
    );
    return rows.map((row) => row.datname);
  });
  for (const name of names) await dropDatabase(addressOf(run, name));
}

const prefix = ({ runId }: TestRun): string => `test_${runId}_`;

function addressOf({ serverUrl }: TestRun, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

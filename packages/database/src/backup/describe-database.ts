import type pg from 'pg';
import { sqlState } from '../maintenance-connection.ts';
import type { AppliedMigration, SequenceValue } from './manifest.ts';
import { isPlainName } from './manifest.ts';

const undefinedTable = '42P01';

export interface TableShape {
  readonly name: string;
  /** Those that are stored; generated ones come by themselves. */
  readonly columns: readonly string[];
}

const ownTables = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND c.relpersistence <> 't'
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** The tables of a database, each after those that its foreign keys refer to. */
export async function readTables(client: pg.ClientBase): Promise<readonly TableShape[]> {
  const { rows } = await client.query<{ schema: string; name: string; columns: string[]; parents: string[] }>(`
    WITH own AS (${ownTables})
    SELECT schema, name,
           ARRAY(SELECT attname::text FROM pg_attribute
                  WHERE attrelid = own.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                  ORDER BY attnum) AS columns,
           ARRAY(SELECT DISTINCT parent.name::text FROM pg_constraint f JOIN own parent ON parent.oid = f.confrelid
                  WHERE f.contype = 'f' AND f.conrelid = own.oid AND f.confrelid <> own.oid) AS parents
      FROM own ORDER BY name COLLATE "C"`);
  const strange = rows.find(
    ({ schema, name, columns }) => schema !== 'public' || ![name, ...columns].every(isPlainName),
  );
  if (strange !== undefined) {
    throw new Error(`table ${strange.schema}.${strange.name} is none that a migration of ours makes`);
  }
  return parentsFirst(rows);
}

type Linked = TableShape & { readonly parents: readonly string[] };

function parentsFirst(tables: readonly Linked[]): TableShape[] {
  const placed = new Map<string, TableShape>();
  while (placed.size < tables.length) {
    const next = tables.find(({ name, parents }) => !placed.has(name) && parents.every((parent) => placed.has(parent)));
    if (next === undefined) throw new Error('tables refer to each other in a ring, and no order can restore them');
    placed.set(next.name, { name: next.name, columns: next.columns });
  }
  return [...placed.values()];
}

/** The migrations that have been applied, oldest first. */
export async function readAppliedMigrations(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  const { rows } = await client
    .query<AppliedMigration & { isFinished: boolean }>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
    )
    .catch((error: unknown) => {
      if (sqlState(error) === undefinedTable) throw new Error('no migration has been applied to it');
      throw error;
    });
  const unfinished = rows.find(({ isFinished }) => !isFinished);
  if (unfinished !== undefined) throw new Error(`its migration ${unfinished.name} has not been finished`);
  return rows.map(({ name, checksum }) => ({ name, checksum }));
}

/** A sequence stands outside of transactions: read after a snapshot was taken, it is never behind the rows in it. */
export async function readSequences(client: pg.ClientBase): Promise<readonly SequenceValue[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  );
  const values: SequenceValue[] = [];
  for (const { name } of rows) {
    const { rows: found } = await client.query<{ lastValue: string; isCalled: boolean }>(
      `SELECT last_value AS "lastValue", is_called AS "isCalled" FROM ${client.escapeIdentifier(name)}`,
    );
    values.push(...found.map((value) => ({ name, ...value })));
  }
  return values;
}

/** Whether no table of the database has a row; which migrations were applied does not count. */
export async function isWithoutRows(client: pg.ClientBase): Promise<boolean> {
  const { rows: tables } = await client.query<{ schema: string; name: string }>(ownTables);
  for (const { schema, name } of tables) {
    if (name === '_prisma_migrations') continue;
    const table = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
    const { rowCount } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    if (rowCount !== 0) return false;
  }
  return true;
}

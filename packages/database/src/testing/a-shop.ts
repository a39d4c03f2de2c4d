import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deployMigrations } from '../apply-migrations.ts';
import { openBackup } from '../backup/open-backup.ts';
import type { RestoredDatabase } from '../backup/restore-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { dropDatabase } from '../ensure-database.ts';
import { maintenanceAddress, withConnection } from '../maintenance-connection.ts';
import { createEmptyDatabase } from '../testing.ts';
import type { PrismaProject } from './a-prisma-project.ts';
import { aPrismaProject } from './a-prisma-project.ts';

/** Tables that refer to each other against the alphabet, with everything that text could get wrong. */
const first = `
  CREATE TABLE shop (id text PRIMARY KEY, head_id text REFERENCES shop);
  CREATE TABLE item (
    seq bigserial PRIMARY KEY, shop_id text NOT NULL REFERENCES shop, note text, spec jsonb, price numeric(20, 4),
    weight double precision, photo bytea, made_at timestamptz(3), sold_on date, lasts interval,
    worth numeric GENERATED ALWAYS AS (price * 2) STORED, CHECK (price >= 0));
  CREATE TABLE event (id int GENERATED ALWAYS AS IDENTITY, item_seq bigint NOT NULL REFERENCES item);
  INSERT INTO shop VALUES ('made by the migration', NULL);
  CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;
  CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION keep();
  CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := upper(NEW.note); RETURN NEW; END $$;
  CREATE TRIGGER shout BEFORE INSERT ON item FOR EACH ROW WHEN (NEW.note = 'loud') EXECUTE FUNCTION shout();`;
const rows = `
  INSERT INTO shop VALUES ('b', NULL), ('a', 'b');
  INSERT INTO item (shop_id, note, spec, price, weight, photo, made_at, sold_on, lasts) VALUES
    ('a', E'line one\\nline two\\ttab \\\\ back \\\\N \\\\.', '{"요금": "5G \\\\n"}', 12345678901234.5678, 0.1, '\\x00ff',
     '2026-11-21 12:00:00.123+09', '2024-02-29', '1 mon 2 days'),
    ('b', NULL, NULL, NULL, 'NaN', NULL, 'infinity', NULL, NULL), ('b', '', '[]', 0, 1e-300, '', NULL, NULL, NULL);
  INSERT INTO event (item_seq) SELECT seq FROM item;`;

type Row = Record<string, unknown>;

export const run = (url: string, sql: string): Promise<Row[]> =>
  withConnection(url, async (client) => (await client.query<Row>(sql)).rows);

export const nameOf = (url: string): string => maintenanceAddress(url).name;
export const databaseBeside = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Everything that a shop's database says. */
export const everythingIn = (url: string): Promise<Row[]> =>
  run(
    url,
    `SELECT (SELECT json_agg(s ORDER BY id) FROM shop s) AS shops, (SELECT json_agg(i ORDER BY seq) FROM item i) AS items,
            (SELECT json_agg(e ORDER BY id) FROM event e) AS events`,
  );

/** A migrated database full of difficult values, and folders and places to back it up to and restore it at. */
export async function aShop() {
  const [project, source]: [PrismaProject, { readonly url: string; drop(): Promise<void> }] = await Promise.all([
    aPrismaProject(),
    createEmptyDatabase(),
  ]);
  await project.writeMigration('20260101000000_first', first);
  await deployMigrations(project, source.url);
  await run(source.url, 'DELETE FROM shop');
  await run(source.url, rows);

  const folders: string[] = [];
  const places: string[] = [];
  let placesMade = 0;
  const aPlace = (): string => {
    placesMade += 1;
    const url = databaseBeside(source.url, `${nameOf(source.url)}_${placesMade}`);
    places.push(url);
    return url;
  };

  return {
    url: source.url,
    project,
    /** An address at which there is no database yet. */
    aPlace,
    /** A database like the shop's. */
    async aCopy(): Promise<string> {
      const url = aPlace();
      await run(maintenanceAddress(url).serverUrl, `CREATE DATABASE "${nameOf(url)}" TEMPLATE "${nameOf(source.url)}"`);
      return url;
    },
    async aFolder(): Promise<string> {
      const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-backup-'));
      folders.push(folder);
      return folder;
    },
    async restore(
      backup: string,
      to: { readonly url: string; readonly mayReplace?: boolean },
    ): Promise<RestoredDatabase> {
      const { url, mayReplace = false } = to;
      const backups = await openBackup({ folder: backup, findProject: () => project });
      const databases = [{ name: 'product', url }] as const;
      const [restored] = await restoreBackup({ backups, databases, mayReplace, now });
      if (restored === undefined) throw new Error('nothing was restored');
      if (restored.replaced !== null) places.push(databaseBeside(url, restored.replaced));
      return restored;
    },
    /** Forgets what a test has made. */
    async clear(): Promise<void> {
      await Promise.all(places.splice(0).map(dropDatabase));
      await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
    },
    close: () => Promise.all([project.remove(), source.drop()]),
  };
}

export type Shop = Awaited<ReturnType<typeof aShop>>;

/** When backups of the shop are taken. */
export const now = new Date('2026-11-21T03:00:00.123Z');

/** Takes a backup into `folder` and answers where it lies. */
export const backUp = async (url: string, folder: string): Promise<string> =>
  (await takeBackup({ databases: [{ name: 'product', url }], folder, now })).folder;

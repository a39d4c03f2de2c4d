import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withConnection } from '../maintenance-connection.ts';
import { aPrismaProject } from '../testing/a-prisma-project.ts';
import type { Shop } from '../testing/a-shop.ts';
import { aShop, backUp, databaseBeside, now, run } from '../testing/a-shop.ts';
import { eventually } from '../testing/eventually.ts';
import { pruneBackups } from './backup-folder.ts';
import { readCommand } from './command.ts';
import { openBackup } from './open-backup.ts';
import { takeBackup } from './take-backup.ts';

// Applying migrations costs seconds, since it is Prisma's own command that does it.

let shop: Shop;
let folder: string;
beforeAll(async () => {
  shop = await aShop();
});
beforeEach(async () => {
  folder = await shop.aFolder();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

/** Runs `work` while nobody can read the last of the tables. */
const whileTheLastTableIsLocked = (work: () => Promise<void>): Promise<void> =>
  withConnection(shop.url, async (client) => {
    await client.query('BEGIN; LOCK TABLE event IN ACCESS EXCLUSIVE MODE');
    await work();
  });

describe('a backup', () => {
  it('is one moment, also of tables that are written to while it is taken', async () => {
    const url = await shop.aCopy();
    const countItems = async () => Number((await run(url, 'SELECT count(*) FROM item'))[0]?.['count']);
    let isOver = false;
    const writer = withConnection(url, async (client) => {
      while (!isOver) {
        await client.query(
          `WITH made AS (INSERT INTO item (shop_id) VALUES ('a') RETURNING seq) INSERT INTO event (item_seq) SELECT seq FROM made`,
        );
      }
    });
    await eventually(async () => (await countItems()) > 20);
    const { databases } = await takeBackup({ databases: [{ name: 'product', url }], folder, now });
    isOver = true;
    await writer;

    const counts = new Map(databases[0]?.tables.map(({ name, rows }) => [name, rows]));
    expect(counts.get('item')).toBeGreaterThan(20);
    expect(counts.get('event')).toBe(counts.get('item'));
  });

  it('is nobody else’s to read', async () => {
    const backup = await backUp(shop.url, folder);
    expect((await stat(backup)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(backup, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(path.join(file.parentPath, file.name));
      expect([file.name, mode & 0o777]).toEqual([file.name, file.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('that was killed is no backup', async () => {
    await whileTheLastTableIsLocked(async () => {
      const command = fileURLToPath(new URL('../backup.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', command, folder, '--db', 'product'], {
        env: { PRODUCT_DATABASE_URL: shop.url },
      });
      const ended = once(child, 'exit');
      await eventually(async () => (await readdir(folder, { recursive: true })).some((name) => name.includes('item.')));
      child.kill('SIGKILL');
      await ended;
    });
    const [left = ''] = await readdir(folder);
    expect(left).toMatch(/^unfinished-/);
    await expect(openBackup({ folder: path.join(folder, left) })).rejects.toThrow('never finished: it is no backup');
    await expect(openBackup({ folder })).rejects.toThrow(/^There is no backup in /);
  });

  it('leaves nothing behind when the database goes away meanwhile', async () => {
    await whileTheLastTableIsLocked(async () => {
      const backup = expect(backUp(shop.url, folder)).rejects.toThrow(
        /^The product database could not be backed up: .+\.$/s,
      );
      const waiting = `SELECT pid FROM pg_stat_activity WHERE application_name = 'backup' AND wait_event_type = 'Lock'
                          AND datname = current_database()`;
      await eventually(async () => (await run(shop.url, waiting)).length === 1);
      await run(shop.url, `SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
      await backup;
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, () => string, RegExp]>([
    ['that is not there', () => shop.aPlace(), /^The product database cannot be read: .*does not exist\.$/],
    ['that cannot be reached', () => 'postgresql://127.0.0.1:1/none', /^The product database cannot be read: .*ECONN/],
    [
      'that is not migrated',
      () => databaseBeside(shop.url, 'postgres'),
      /^The product database could not be backed up: no migration has been applied to it\.$/,
    ],
  ])('of a database %s is refused in a sentence', async (_, place, sentence) => {
    await expect(backUp(place(), folder)).rejects.toThrow(sentence);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is removed when enough newer ones hold the same databases, and not before', async () => {
    const take = async (name: 'auth' | 'product', second: number): Promise<string> => {
      const moment = new Date(now.getTime() + second * 1_000);
      const databases = [{ name, url: shop.url }];
      return path.basename((await takeBackup({ databases, folder, now: moment })).folder);
    };
    const auth = await take('auth', 0);
    const [oldest, middle, newest] = [await take('product', 1), await take('product', 2), await take('product', 3)];
    expect(await pruneBackups(folder, 2)).toEqual([oldest]);
    expect((await readdir(folder)).sort()).toEqual([auth, middle, newest]);
  });
});

describe('a backup that cannot be trusted', () => {
  const flip = async (file: string): Promise<void> => {
    const bytes = await readFile(file);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await writeFile(file, bytes);
  };
  const edit =
    (from: string, to: string) =>
    async (product: string): Promise<void> => {
      const file = path.join(product, 'manifest.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
    };
  const open = (backup: string) => openBackup({ folder: backup, findProject: () => shop.project });

  it.each<[string, (product: string) => Promise<void>, RegExp]>([
    ['a flipped bit', (product) => flip(path.join(product, 'item.copy.gz')), /item\.copy\.gz is damaged/],
    ['a cut file', (product) => truncate(path.join(product, 'item.copy.gz'), 40), /item\.copy\.gz is damaged/],
    ['a lost table', (product) => rm(path.join(product, 'shop.copy.gz')), /shop\.copy\.gz is damaged: .*ENOENT/],
    ['a lost manifest', (product) => rm(path.join(product, 'manifest.json')), /product is not whole: .*ENOENT/],
    ['half a manifest', (product) => truncate(path.join(product, 'manifest.json'), 99), /is damaged: it is not JSON/],
    ['an edited manifest', edit('"lastValue": "3"', '"lastValue": "1"'), /is damaged: its checksum does not fit/],
    ['a strange manifest', edit('"rows"', '"lines"'), /is not the manifest of a backup/],
    ['a newer format', edit('"formatVersion": 1', '"formatVersion": 2'), /is in format 2, and .* reads format 1/],
  ])('is refused in a sentence: %s', async (_, harm, sentence) => {
    const backup = await backUp(shop.url, folder);
    await harm(path.join(backup, 'product'));
    await expect(open(backup)).rejects.toThrow(sentence);
  });

  it('is refused when this version of ours does not know its migrations, or knows other ones', async () => {
    const backup = await backUp(shop.url, folder);
    const unknown = /has migration 20260101000000_first, which this version does not know/;
    await expect(openBackup({ folder: backup })).rejects.toThrow(unknown);
    const other = await aPrismaProject();
    await other.writeMigration('20260101000000_first', 'SELECT 1');
    await expect(openBackup({ folder: backup, findProject: () => other })).rejects.toThrow(/another migration/);
    await other.remove();
  });

  it('is refused for a database that is not in it, and when it is not clear which one is meant', async () => {
    const backup = await backUp(shop.url, folder);
    await expect(openBackup({ folder: backup, databases: ['auth'] })).rejects.toThrow('The auth database is not in');
    await expect(openBackup({ folder: path.join(folder, 'none') })).rejects.toThrow('no folder that can be read');
    await expect(openBackup({ folder })).rejects.toThrow(`name one of them, such as ${backup}`);
  });
});

describe('the command line', () => {
  const usage = 'npm run backup';
  it('means one thing, or is refused', () => {
    expect(readCommand(['folder', '--db', 'auth,billing', '--keep', '3'], { usage })).toEqual({
      folder: 'folder',
      databases: ['auth', 'billing'],
      keep: 3,
      mayReplace: false,
    });
    expect(() => readCommand(['--db', 'shop'], { usage })).toThrow(
      '--db takes auth, billing, product, gateway, and not shop',
    );
    expect(() => readCommand(['--keep', '0'], { usage })).toThrow('at least 1');
    expect(() => readCommand(['--all'], { usage })).toThrow('Not understood: npm run backup');
    expect(() => readCommand(['one', 'two'], { usage })).toThrow('One folder only');
  });
});

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deployMigrations } from '../apply-migrations.ts';
import { maintenanceAddress, withConnection } from '../maintenance-connection.ts';
import type { Shop } from '../testing/a-shop.ts';
import { aShop, backUp, databaseBeside, everythingIn, nameOf, run } from '../testing/a-shop.ts';
import { draftOf } from './restore-target.ts';

// Where Prisma's own command is run it takes seconds.

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

/** The databases whose names begin as that of `url`. */
async function databasesLike(url: string): Promise<unknown[]> {
  const { name, serverUrl } = maintenanceAddress(url);
  const found = await run(serverUrl, `SELECT datname FROM pg_database WHERE starts_with(datname, '${name}')`);
  return found.map(({ datname }) => datname);
}

describe('a restore', () => {
  it('brings back every row, value and count as it was, and goes on counting', async () => {
    const url = shop.aPlace();
    expect(await shop.restore(await backUp(shop.url, folder), { url })).toMatchObject({
      name: 'product',
      replaced: null,
      tables: [
        { name: '_prisma_migrations', inBackup: 1, restored: 1 },
        { name: 'shop', inBackup: 2, restored: 2 },
        { name: 'item', inBackup: 3, restored: 3 },
        { name: 'event', inBackup: 3, restored: 3 },
      ],
    });
    expect(await everythingIn(url)).toEqual(await everythingIn(shop.url));
    expect(await deployMigrations(shop.project, url)).toBe('up to date');
    const next = await run(url, `INSERT INTO item (shop_id, note) VALUES ('a', 'loud') RETURNING seq, note`);
    expect(next).toEqual([{ seq: '4', note: 'LOUD' }]);
    await expect(run(url, 'DELETE FROM event')).rejects.toThrow('never');
  });

  it('touches no rows that are there unless it may, and then keeps them beside', async () => {
    const backup = await backUp(shop.url, folder);
    const url = await shop.aCopy();
    await run(url, `INSERT INTO shop VALUES ('written later')`);

    await expect(shop.restore(backup, { url })).rejects.toThrow(
      /^The product database holds rows already: add --replace/,
    );
    const { replaced } = await shop.restore(backup, { url, mayReplace: true });
    expect(await everythingIn(url)).toEqual(await everythingIn(shop.url));
    const kept = await run(databaseBeside(url, replaced ?? ''), `SELECT id FROM shop WHERE id LIKE 'w%'`);
    expect(kept).toEqual([{ id: 'written later' }]);
  });

  it('sets right what must not come back as it was, once everything else has', async () => {
    const script = path.join(shop.project.folder, 'migrations', '20260101000000_first', 'after-restore.sql');
    await writeFile(script, `UPDATE shop SET head_id = 'a'; DELETE FROM item WHERE FALSE;`);
    try {
      const url = shop.aPlace();
      const { setRight, tables } = await shop.restore(await backUp(shop.url, folder), { url });
      expect(setRight).toEqual(['UPDATE 2', 'DELETE 0']);
      expect(tables).toContainEqual({ name: 'shop', inBackup: 2, restored: 2 });
      expect(await run(url, 'SELECT DISTINCT head_id FROM shop')).toEqual([{ head_id: 'a' }]);
    } finally {
      await rm(script);
    }
  });

  it('leaves a database alone that somebody uses', async () => {
    const backup = await backUp(shop.url, folder);
    const url = await shop.aCopy();
    await withConnection(`${url}?application_name=billing`, () =>
      expect(shop.restore(backup, { url, mayReplace: true })).rejects.toThrow(
        /^The product database is in use by billing: stop the services first\.$/,
      ),
    );
  });

  it('that fails has changed nothing, and leaves nothing behind', async () => {
    const url = await shop.aCopy();
    await run(url, 'ALTER TABLE item DROP CONSTRAINT item_price_check');
    await run(url, `INSERT INTO item (shop_id, price) VALUES ('a', -1)`);
    const backup = await backUp(url, folder);
    await expect(shop.restore(backup, { url, mayReplace: true })).rejects.toThrow(
      /^The product database could not be restored: .*item_price_check/,
    );
    expect(await databasesLike(url)).toEqual([nameOf(url)]);
    expect(await run(url, 'SELECT price FROM item ORDER BY seq DESC LIMIT 1')).toEqual([{ price: '-1.0000' }]);
  });

  it('has the tables of the backup’s own time; what was added to them since comes with the next migration', async () => {
    const backup = await backUp(shop.url, folder);
    const url = shop.aPlace();
    const { serverUrl, name } = maintenanceAddress(url);
    // What a restore that was killed has left.
    await run(serverUrl, `CREATE DATABASE "${draftOf({ url, serverUrl, name, isThere: false }).name}"`);
    const later = '20260202000000_later';
    await shop.project.writeMigration(later, 'ALTER TABLE shop ADD town text NOT NULL DEFAULT $$서울$$;');
    try {
      await shop.restore(backup, { url });
      expect(await everythingIn(url)).toEqual(await everythingIn(shop.url));
      expect(await deployMigrations(shop.project, url)).toBe('applied');
      expect(await run(url, 'SELECT DISTINCT town FROM shop')).toEqual([{ town: '서울' }]);
    } finally {
      await rm(path.join(shop.project.folder, 'migrations', later), { recursive: true });
    }
    expect(await databasesLike(url)).toEqual([name]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseNames } from '@supergraph/database/databases';

import { aStack } from '../kit/a-stack.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { generousKos } from '../kit/generous-kos.ts';
import type { Reply } from '../kit/history.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

describe('The disk of PostgreSQL is full', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      ownPostgres: { diskMegabytes: 256 },
      customers: 4,
      ...generousKos,
    });
  });
  afterAll(() => stack.close());

  it('refuses what must be written and shows what there is, and goes on unharmed when there is room again', async () => {
    const [reader, ...orderers] = await clientsOf(stack);
    if (reader === undefined) throw new Error('there are customers');
    const order = await reader.changePlanUntilSettled();
    // The order is nowhere but in the database.
    const read = (): Promise<Reply[]> =>
      Promise.all([reader.readBill(), reader.readProduct(), reader.readOrder(order.data?.['id'] ?? '')]);
    await read();

    await stack.postgres.fillDisk();
    // Rows find room in the pages that are there, until there is none left.
    const refused = await firstRefused(() => Promise.all(orderers.map((orderer) => orderer.changePlan())));
    expect(refused.status).toBe(503);
    expect(refused.code).toMatch(/^(SERVICE|AUDIT)_UNAVAILABLE$/);
    for (const reply of await read()) expect(reply).toMatchObject({ kind: 'answered' });

    await stack.postgres.freeDisk();
    const recoverySeconds = await recovery(async () => (await orderers[0]?.changePlan())?.kind === 'answered');
    const findings = await stack.check();
    for (const database of databaseNames) {
      await stack.query(database, 'CREATE EXTENSION amcheck');
      expect(await stack.query(database, damagedTables)).toEqual([]);
      await stack.query(database, checkIndexes);
    }
    reportFault({
      fault: 'F16 disk of PostgreSQL full',
      userSees: 'reads as before; changes "for now unavailable"',
      ...findings,
      recoverySeconds,
    });
  });
});

async function firstRefused(ask: () => Promise<readonly Reply[]>): Promise<Reply> {
  for (let round = 0; round < 100; round += 1) {
    const refused = (await ask()).find(({ status, code }) => status !== 200 && code !== null);
    if (refused !== undefined) return refused;
  }
  throw new Error('the disk is not full');
}

const damagedTables = `SELECT relname, damage.* FROM pg_class, verify_heapam(oid) AS damage
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;

/** Throws on the first index that is not in order or does not have every row. */
const checkIndexes = `SELECT bt_index_check(pg_index.indexrelid, true) FROM pg_index
  JOIN pg_class ON pg_class.oid = pg_index.indexrelid JOIN pg_am ON pg_am.oid = pg_class.relam
  WHERE amname = 'btree' AND pg_class.relnamespace = 'public'::regnamespace`;

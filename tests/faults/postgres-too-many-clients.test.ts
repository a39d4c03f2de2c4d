import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlState } from '@supergraph/database/maintenance-connection';
import { eventually } from '@supergraph/database/testing/eventually';
import pg from 'pg';

import { aStack } from './kit/a-stack.ts';
import { createClient } from './kit/client.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const places = 40;
/** Refused at once; the rest is a busy machine. */
const mostMs = 2_000;

const isOurs = `application_name IN ('auth', 'billing', 'product')`;

/** Somebody who takes connections and gives none back. */
async function aCrowd(url: string) {
  const members: pg.Client[] = [];
  /** Adds members until the server has no place any more. */
  async function grow(): Promise<void> {
    for (;;) {
      const member = new pg.Client({
        connectionString: url,
        application_name: 'crowd',
        connectionTimeoutMillis: 5_000,
      });
      member.on('error', () => undefined);
      try {
        await member.connect();
      } catch (error) {
        if (sqlState(error) !== '53300') throw error;
        return;
      }
      members.push(member);
    }
  }
  const isAlone = async (): Promise<boolean> => {
    const others = await members[0]?.query(`SELECT FROM pg_stat_activity WHERE ${isOurs}`);
    return others?.rowCount === 0;
  };

  await grow();
  return {
    /** Sends all of ours away and takes their places. */
    async takeAll(): Promise<void> {
      do {
        await members[0]?.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${isOurs}`);
        await grow();
      } while (!(await isAlone()));
    },
    leave: () => Promise.all(members.splice(0).map((member) => member.end())),
  };
}

describe('Others have all connections that the server allows', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      ...generousKos,
      ownPostgres: { settings: { max_connections: String(places) } },
      customers: 2,
    });
  });
  afterAll(() => stack.close());

  it('shows what is known, tells whoever changes something that it is busy, and comes back by itself', async () => {
    const [reader, orderer] = await clientsOf(stack);
    if (reader === undefined || orderer === undefined) throw new Error('there are two customers');
    await Promise.all([reader.readBill(), reader.readProduct(), orderer.readProduct()]);
    const visitor = createClient({ ...stack, customer: orderer.customer });
    await stack.quiet();

    const crowd = await aCrowd(stack.postgres.urlOf('postgres'));
    try {
      await crowd.takeAll();
      // Connections that were cut this moment may be tried once more.
      await eventually(async () => (await visitor.logIn()).code === 'OVERLOADED');
      const refused = await visitor.logIn();
      expect(refused).toMatchObject({ status: 503, code: 'OVERLOADED' });
      expect(refused.tookMs).toBeLessThan(mostMs);
      expect(await orderer.changePlan()).toMatchObject({ status: 503 });
      expect(await reader.readBill()).toMatchObject({ kind: 'answered' });
      expect(await reader.readProduct()).toMatchObject({ kind: 'answered' });
    } finally {
      await crowd.leave();
    }

    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    reportFault({
      fault: 'F12 too many clients',
      userSees: 'reads as before; changes "too busy" at once',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from './kit/a-stack.ts';
import { generousKos } from './kit/generous-kos.ts';
import type { Reply } from './kit/history.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

type Count = { readonly count: number };

const latch = 4_711;

describe('The connection is cut in the middle of a commit, and the server commits', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack(generousKos)), 60_000);
  afterEach(() => stack.query('product', 'DROP FUNCTION hold_commit CASCADE'));
  afterAll(() => stack.close());

  const isCommitting = async (): Promise<boolean> => {
    const waiting = `SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND query = 'COMMIT' AND wait_event_type = 'Lock'`;
    return ((await stack.query<Count>('product', waiting))[0]?.count ?? 0) > 0;
  };

  /** Asks, and cuts every connection while the step to this state is being committed, which goes on in the server. */
  async function cutDuring(state: string, ask: () => Promise<Reply>): Promise<{ readonly reply: Promise<Reply> }> {
    await stack.query(
      'product',
      `CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
         AS 'BEGIN PERFORM pg_advisory_xact_lock(${latch}); RETURN NULL; END';
       CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT OR UPDATE ON product_order DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW WHEN (NEW.state = '${state}') EXECUTE FUNCTION hold_commit()`,
    );
    // Nothing is on its way that the cut would hold up.
    await stack.quiet();
    return await withConnection(stack.environment['PRODUCT_DATABASE_URL'] ?? '', async (holder) => {
      await holder.query('SELECT pg_advisory_lock($1)', [latch]);
      const reply = ask();
      await eventually(isCommitting);
      // The holder's own connection is cut as well, which lets go of the latch.
      await stack.ways.postgres.down();
      return { reply };
    });
  }

  it('is nothing the customer notices when the server is there again: what was committed is found', async () => {
    const client = await stack.client();
    const { reply } = await cutDuring('REQUESTED', () => client.changePlan());
    await stack.ways.postgres.up();
    expect(await reply).toMatchObject({ kind: 'answered', data: { state: 'COMPLETED' } });
  });

  it('is told as in progress while the server stays away, and the same key finds out', async () => {
    const client = await stack.client();
    // after the cut before this one, changes are taken again as soon as they can be put on record
    await client.changePlanUntilSettled({ to: '5G-BASIC-001' });
    const wish = { key: 'cut-while-completing', to: '5G-SLIM-001' };
    const { reply } = await cutDuring('COMPLETED', () => client.changePlan(wish));
    expect(await reply).toMatchObject({
      kind: 'answered',
      data: { state: expect.stringMatching(/ACKNOWLEDGED|IN_PROGRESS/) },
    });
    await stack.ways.postgres.up();
    // changes are taken again as soon as they can be put on record
    await eventually(async () => (await client.changePlan(wish)).kind === 'answered', 35_000);
    expect(await client.changePlan(wish)).toMatchObject({ kind: 'answered', data: { state: 'COMPLETED' } });
    reportFault({
      fault: 'F13 connection cut during a commit',
      userSees: 'nothing, or "in progress" while PostgreSQL stays away',
      ...(await stack.check()),
      recoverySeconds: null,
    });
  });
});

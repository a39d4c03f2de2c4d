import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBillingDatabase, type BillingDatabase } from '@supergraph/billing/storage/billing-database';
import type { Loss } from '@supergraph/database/database-loss';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { createTestDatabase } from '@supergraph/database/testing';

import { adapters, stages } from './support/adapters.ts';
import type { Attempt } from './support/adapters/adapter.ts';
import { startFullServer, startSilentServer, type BlackHole } from './support/black-hole.ts';
import { findRemoteAddresses, findRemoteCalls } from './support/remote-calls.ts';

describe('Whatever reaches out to another process', () => {
  const { places, unjudged } = findRemoteCalls();

  it('is known here, with the adapter it belongs to: add a new one to support/adapters.ts, with its deadline', () => {
    const found = [...places].sort();
    expect(found).toEqual(adapters.flatMap((adapter) => adapter.places).sort());
    expect([...unjudged]).toEqual([]);
  });

  it('is reached by an address whose adapter is known here', () => {
    expect([...findRemoteAddresses()].sort()).toEqual(adapters.flatMap(({ addresses }) => addresses).sort());
  });

  it('has a deadline that is tried here', () => {
    expect(adapters.filter(({ attempts }) => attempts.length === 0)).toEqual([]);
  });
});

/** How late a busy machine may make it. */
const slackMs = 3_000;
const patienceMs = 60_000;

describe.each([
  { hole: 'takes connections and never answers', open: startSilentServer },
  { hole: 'does not even take connections', open: startFullServer },
])('Where a process $hole', ({ open }) => {
  const attempts = adapters.flatMap(({ attempts: all }) => all);
  const outcomes = new Map<string, PromiseSettledResult<number>>();
  let hole: BlackHole;
  beforeAll(async () => {
    hole = await open();
    for (const stage of stages) await Promise.all(stage.flatMap((adapter) => adapter.attempts).map(tryOut));
  }, patienceMs);
  afterAll(() => hole.close());

  async function tryOut({ name, attempt }: Attempt): Promise<void> {
    const [outcome] = await Promise.allSettled([attempt(hole.port)]);
    outcomes.set(name, outcome);
  }

  it.each(attempts)('$name is given up within $withinMs ms', ({ name, withinMs }) => {
    const outcome = outcomes.get(name);
    expect(outcome).toEqual({ status: 'fulfilled', value: expect.any(Number) });
    if (outcome?.status === 'fulfilled') expect(outcome.value).toBeLessThan(withinMs + slackMs);
  });
});

describe('PostgreSQL that is there', () => {
  let made: Awaited<ReturnType<typeof createTestDatabase>>;
  let billing: BillingDatabase;
  beforeAll(async () => {
    made = await createTestDatabase('billing');
    billing = openBillingDatabase({ url: made.url, maxConnections: 1, onError: () => undefined });
    await billing.$queryRaw`SELECT 1`;
  });
  afterAll(async () => {
    await billing.$disconnect();
    await made.drop();
  });

  const isLostWithin = async (loss: Loss, work: Promise<unknown>, withinMs: number) => {
    const startedMs = performance.now();
    await expect(work).rejects.toMatchObject({ name: 'DatabaseLost', loss });
    expect(performance.now() - startedMs).toBeLessThan(withinMs + slackMs);
  };

  it('stops a statement that takes too long, in the server, too', async () => {
    await isLostWithin('slow', Promise.resolve(billing.$queryRaw`SELECT pg_sleep(60)::text`), 2_500);
    const running = await withConnection(made.url, (client) =>
      client.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%'
           AND pid <> pg_backend_pid()`,
      ),
    );
    expect(running.rows).toEqual([]);
  });

  it('lets nobody wait long for what another one has locked', async () => {
    await withConnection(made.url, async (holder) => {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE kept_bill IN ACCESS EXCLUSIVE MODE');
      await isLostWithin('slow', Promise.resolve(billing.keptBill.count()), 1_500);
      await holder.query('ROLLBACK');
    });
  });

  it('lets nobody wait long for a connection that another one has', async () => {
    let letGo = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let holding: Promise<void> | undefined;
    await new Promise<void>((isHeld, failed) => {
      holding = billing.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT 1`;
        isHeld();
        await asked;
      });
      holding.catch(failed);
    });
    await isLostWithin('busy', Promise.resolve(billing.keptBill.count()), 500);
    letGo();
    await holding;
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, it } from '@jest/globals';
import { testRedisUrl } from '@supergraph/database/testing';
import { connectRedis } from '@supergraph/platform/cache';
import { z } from 'zod';

import { aBillingGraph, firstCustomer, type BillingGraph, type Wishes } from './testing/a-billing-graph.ts';
import { eventually } from './testing/eventually.ts';
import { createInquiry, menu } from './testing/operations.ts';

const MINUTE_MS = 60_000;

let graph: BillingGraph;
afterEach(() => graph.close());

async function begin(wishes: Wishes = {}): Promise<{ readonly line: string }> {
  graph = await aBillingGraph(wishes);
  await graph.ask(menu);
  return { line: graph.lineOf('01012345678') };
}

const received = (line: string) => graph.ap.results({ type: 'bill', lineId: line });

describe('Redis', () => {
  it('lets instances share answers, readable to none but them', async () => {
    const { line } = await begin({
      settings: { REDIS_URL: testRedisUrl() },
    });
    const redis = connectRedis({ url: testRedisUrl(), commandTimeoutMs: 5_000 });
    await once(redis, 'ready');
    const sharedKeys = async () =>
      (await redis.keys(`${graph.environment.CACHE_PREFIX}*`)).filter((key) => key.includes('value'));
    // Nobody who looks waits for the connection to Redis: what is asked before it stands is not shared.
    await eventually(async () => {
      await graph.bill(line);
      return (await sharedKeys()).some((key) => key.includes(`bill:${line}:2026-09`));
    });
    const reached = () => graph.log.filter((entry) => entry.includes('the shared cache is there')).length;
    await graph.database.query('DELETE FROM kept_bill');
    const before = reached();
    await graph.restart();
    await eventually(() => reached() > before);
    expect(await graph.bill(line)).toMatchObject({ freshness: { source: 'CACHE' } });
    expect(graph.billCalls()).toBe(1);

    const keys = await sharedKeys();
    const values = await Promise.all(keys.map((key) => redis.get(key)));
    redis.disconnect();
    const everything = [...keys, ...values].join('\n');
    expect(everything).not.toContain('01012345678');
    expect(everything).not.toContain('프리미엄');
  });

  it('may go and lose everything: only KOS’s clock decides when KOS is asked again', async () => {
    const { line } = await begin({ settings: { REDIS_URL: 'redis://127.0.0.1:1' } });
    await graph.bill(line);
    await graph.restart();
    expect(await graph.bill(line)).toMatchObject({ freshness: { source: 'CACHE', stale: false } });
    expect(graph.billCalls()).toBe(1);
  });
});

describe('The MVNO AP server', () => {
  it('keeps nobody waiting when it is away, and has every result once, in order, when it is back', async () => {
    const { line } = await begin();
    await graph.ap.stopListening();
    const ids: string[] = [];
    for (const month of ['2026-09', '2026-08', '2026-07']) {
      const inquiry = await graph.inquire(line, { month });
      expect(inquiry.state).toBe('DONE');
      ids.push(inquiry.id);
    }
    await eventually(() => graph.log.join('').includes('message not delivered yet'));
    await graph.ap.resume();
    await eventually(() => {
      graph.clock.advance(10_000);
      return received(line).distinct === ids.length;
    });
    expect(received(line)).toMatchObject({ deliveries: ids.length, distinct: ids.length });
    expect(received(line).results.map(({ body }) => body['inquiryId'])).toEqual(ids);
  });

  it('may be away for long: an outage uses up nobody’s attempts', async () => {
    const { line } = await begin();
    graph.ap.faults.replace([{ status: 503, times: 9 }]);
    await graph.inquire(line);
    await eventually(() => {
      graph.clock.advance(10_000);
      return graph.log.join('').includes('circuit opened');
    });
    graph.ap.faults.clear();
    expect(graph.log.join('')).not.toContain('set aside');
    const { rows } = await graph.database.query('SELECT attempts, settled_at FROM inbox_message');
    expect(rows).toEqual([{ attempts: 0, settled_at: null }]);
  });

  it('may receive a result and fail to say so: it comes again under the same event id', async () => {
    const { line } = await begin();
    graph.ap.faults.replace([{ status: 500, times: 1, isReceived: true }]);
    await graph.inquire(line);
    await eventually(() => {
      graph.clock.advance(10_000);
      return received(line).deliveries === 2;
    });
    expect(received(line)).toMatchObject({ distinct: 1, results: [{ deliveries: 2 }] });
  });

  it('may refuse a result for good: it is set aside after five attempts and others pass', async () => {
    const { line } = await begin();
    graph.ap.faults.replace([{ status: 400, times: 5 }]);
    await graph.inquire(line, { month: '2026-08' });
    await eventually(() => {
      graph.clock.advance(MINUTE_MS);
      return graph.log.join('').includes('message set aside');
    });
    const { id } = await graph.inquire(line, { month: '2026-07' });
    await eventually(() => received(line).distinct === 1);
    expect(received(line).results[0]?.body['inquiryId']).toBe(id);
  });
});

describe('A process that stops', () => {
  it('leaves its unfinished inquiries to the next one, which asks at once', async () => {
    const { line } = await begin({ settings: { INQUIRY_WAIT_MS: '50', INQUIRY_RETRY_MS: '60000' } });
    graph.kos.faults.replace([{ operation: 'bill-inquiry', status: 500, times: 1 }]);
    const { id, state } = await graph.inquire(line);
    expect(state).toBe('IN_PROGRESS');
    await eventually(() => graph.billCalls() === 1);
    await graph.restart();
    expect(await graph.endOf(id)).toMatchObject({ state: 'DONE', bill: { billingMonth: '2026-09' } });
    expect((await graph.history(line)).edges).toMatchObject([
      { node: { kosCalls: [{ isSuccess: false }, { isSuccess: true }] } },
    ]);
    await eventually(() => received(line).distinct === 1);
    expect(received(line).deliveries).toBe(1);
  });

  it('has written down what was looked at', async () => {
    const { line } = await begin();
    await Promise.all(['2026-09', '2026-08', '2026-07'].map((month) => graph.bill(line, { month })));
    await graph.restart();
    expect((await graph.history(line)).totalCount).toBe(3);
  });

  it('costs KOS no call: what it knew is in the database, as old as it is', async () => {
    const { line } = await begin();
    await graph.bill(line);
    graph.clock.advance(40 * MINUTE_MS);
    await graph.restart();
    const before = graph.billCalls();
    expect(await graph.bill(line)).toMatchObject({
      freshness: { source: 'CACHE', stale: false, fetchedAt: '2026-09-15T03:00:00.000Z' },
    });
    expect(graph.billCalls()).toBe(before);
    graph.clock.advance(20 * MINUTE_MS);
    expect(await graph.bill(line)).toMatchObject({ freshness: { source: 'CACHE', stale: true } });
  });
});

describe('A process that is killed', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const listening = z.object({ msg: z.literal('listening'), url: z.string() });
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  async function startProcess(settings: Readonly<Record<string, string>> = {}): Promise<string> {
    child = spawn(process.execPath, ['--import', 'tsx', main], {
      env: { ...graph.environment, BILLING_PORT: '0', INQUIRY_WAIT_MS: '50', ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout } = child;
    if (stdout === null) throw new Error('the process has no output');
    for await (const line of createInterface({ input: stdout })) {
      const said = listening.safeParse(JSON.parse(line));
      if (!said.success) continue;
      // It lives in real time, and the gateway's word is good for a minute.
      graph.clock.set(new Date().toISOString());
      stdout.resume();
      return said.data.url;
    }
    throw new Error('the process ended without listening');
  }

  async function kill(): Promise<void> {
    if (child === undefined) throw new Error('there is no process');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('in the middle of a call leaves an inquiry that another one finishes', async () => {
    const now = new Date();
    const { line } = await begin({ now: now.toISOString() });
    await graph.stop();
    graph.kos.faults.replace([{ operation: 'bill-inquiry', hang: true, times: 1 }]);
    const url = await startProcess();
    const { id } = await graph.inquire(line, { as: { viewer: firstCustomer, at: url } });
    await eventually(() => graph.billCalls() === 1);
    await kill();

    graph.clock.set(new Date(Date.now() + MINUTE_MS).toISOString());
    await graph.restart();
    expect(await graph.endOf(id)).toMatchObject({ state: 'DONE' });
    await eventually(() => received(line).distinct === 1);
    expect(received(line)).toMatchObject({ deliveries: 1, results: [{ body: { inquiryId: id, state: 'DONE' } }] });
  });

  it('between a look at a bill and its commit has answered nothing that is not in the history', async () => {
    const { line } = await begin({ now: new Date().toISOString() });
    await graph.stop();
    // However slow this machine is just now: nobody is answered before the commit.
    const at = await startProcess({ HISTORY_WAIT_MS: '60000' });
    const answered: string[] = [];
    let isKilled = false;
    const read = async (reader: number): Promise<void> => {
      for (let reading = 1; !isKilled; reading += 1) {
        const userId = `reader ${reader}, reading ${reading}`;
        const bill = await graph.bill(line, { as: { viewer: { ...firstCustomer, userId }, at } }).catch(() => null);
        if (bill !== null) answered.push(userId);
      }
    };
    const readers = [1, 2, 3, 4, 5, 6, 7, 8].map(read);
    await eventually(() => answered.length >= 100);
    const blocker = await graph.database.connect();
    await blocker.query('BEGIN; LOCK TABLE bill_inquiry IN SHARE MODE');
    const blocked = `FROM pg_stat_activity WHERE application_name = 'billing' AND datname = $1 AND wait_event_type = 'Lock'`;
    const ask = (what: string) => graph.server.query(`SELECT ${what} ${blocked}`, [graph.databaseName]);
    await eventually(async () => (await ask('pid')).rowCount === 1);
    await kill();
    // The server would still carry out what it was asked to before.
    await ask('pg_terminate_backend(pid)');
    isKilled = true;
    await Promise.all(readers);
    await blocker.query('ROLLBACK');
    blocker.release();

    const { rows } = await graph.database.query<{ user_id: string }>('SELECT user_id FROM bill_inquiry');
    const written = new Set(rows.map((row) => row.user_id));
    expect(answered.filter((userId) => !written.has(userId))).toEqual([]);
  });
});

describe('The database', () => {
  const closeDoor = async () => {
    await graph.server.query(`ALTER DATABASE ${graph.databaseName} ALLOW_CONNECTIONS false`);
    await graph.server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      graph.databaseName,
    ]);
  };
  const openDoor = () => graph.server.query(`ALTER DATABASE ${graph.databaseName} ALLOW_CONNECTIONS true`);

  it('may be away: bills are looked at all the same, and are in the history when it is back', async () => {
    const { line } = await begin();
    await graph.bill(line);
    await closeDoor();
    expect(await graph.bill(line)).toMatchObject({ freshness: { source: 'CACHE' } });
    expect(await graph.bill(line, { month: '2026-08' })).toMatchObject({ freshness: { source: 'KOS' } });
    const refused = await graph.ask(createInquiry, { input: { lineId: line } });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }]);
    await openDoor();
    await eventually(async () => (await graph.history(line)).totalCount === 3);
  });
});

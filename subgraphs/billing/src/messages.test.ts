import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { aTestRabbit } from '@supergraph/database/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { aBillingGraph, firstCustomer, type BillingGraph, type Wishes } from './testing/a-billing-graph.ts';
import { eventually } from './testing/eventually.ts';
import { menu } from './testing/operations.ts';

const minuteMs = 60_000;

let graph: BillingGraph;
afterEach(() => graph.close());

async function begin(wishes: Wishes = {}): Promise<string> {
  graph = await aBillingGraph(wishes);
  await graph.ask(menu);
  return graph.lineOf('01012345678');
}

const received = (line: string) => graph.ap.results({ type: 'bill', lineId: line });
const rowsOf = async (table: 'outbox_message' | 'inbox_message') => {
  const { rows } = await graph.database.query<Record<string, unknown>>(
    `SELECT id, attempts, settled_at IS NOT NULL AS is_settled, set_aside_reason FROM ${table} ORDER BY sequence`,
  );
  return rows;
};
const messageOf = (inquiryId: string) => `bill-inquiry-result:${inquiryId}`;

describe('A result that the MVNO AP server refuses', () => {
  it('is set aside after five tries, for all to see; the next of its line goes on', async () => {
    const line = await begin();
    graph.ap.faults.replace([{ status: 400, times: 5 }]);
    const refused = await graph.inquire(line, { month: '2026-08' });
    const next = await graph.inquire(line, { month: '2026-07' });
    await eventually(() => {
      graph.clock.advance(minuteMs);
      return received(line).distinct > 0;
    });
    expect(received(line).results).toMatchObject([{ deliveries: 1, body: { inquiryId: next.id } }]);
    await eventually(async () => (await rowsOf('inbox_message')).every((row) => row['is_settled']));
    expect(await rowsOf('inbox_message')).toEqual([
      {
        id: messageOf(refused.id),
        attempts: 5,
        is_settled: true,
        set_aside_reason: 'DeliveryRefused: The MVNO AP server answered a message with status 400',
      },
      { id: messageOf(next.id), attempts: 0, is_settled: true, set_aside_reason: null },
    ]);
  });

  it('is set aside as well when its seal is broken, since nobody can read it', async () => {
    const line = await begin({ settings: { AMQP_URL: 'amqp://127.0.0.1:1' } });
    const broken = await graph.inquire(line, { month: '2026-08' });
    const next = await graph.inquire(line, { month: '2026-07' });
    await graph.database.query(`UPDATE outbox_message SET payload = '{"sealed":"v1.k9.AAAA"}' WHERE id = $1`, [
      messageOf(broken.id),
    ]);
    await graph.restartWithout('AMQP_URL');
    await eventually(() => {
      graph.clock.advance(minuteMs);
      return received(line).distinct === 1;
    });
    expect(received(line).results).toMatchObject([{ body: { inquiryId: next.id } }]);
    expect(await rowsOf('inbox_message')).toMatchObject([
      { attempts: 5, set_aside_reason: expect.stringContaining('SealBroken') },
      { set_aside_reason: null },
    ]);
  });
});

describe('A result told, and told again', () => {
  it('is the same event to the MVNO AP server when the process was killed before it heard the receipt', async () => {
    const line = await begin({ now: new Date().toISOString() });
    graph.ap.faults.replace([{ instead: 'hang', isReceived: true, times: 1 }]);
    await graph.stop();
    const { url, kill } = await aProcess();
    const { id } = await graph.inquire(line, { as: { viewer: firstCustomer, at: url } });
    await eventually(() => received(line).deliveries === 1);
    await kill();
    expect(await rowsOf('inbox_message')).toMatchObject([{ id: messageOf(id), is_settled: false }]);

    graph.clock.set(new Date(Date.now() + minuteMs).toISOString());
    await graph.restart();
    await eventually(() => received(line).deliveries === 2);
    expect(received(line).distinct).toBe(1);
    await eventually(async () => (await rowsOf('inbox_message')).every((row) => row['is_settled']));
  });

  it('does not even reach the MVNO AP server when the broker brings it again', async () => {
    const line = await begin();
    await graph.inquire(line, { month: '2026-08' });
    await eventually(() => received(line).distinct === 1);
    await eventually(async () => (await rowsOf('inbox_message')).every((row) => row['is_settled']));
    await graph.database.query('UPDATE outbox_message SET settled_at = NULL');
    await eventually(async () => {
      graph.clock.advance(minuteMs);
      return (await rowsOf('outbox_message')).every((row) => row['is_settled']);
    });
    const { id } = await graph.inquire(line, { month: '2026-07' });
    await eventually(() => received(line).distinct === 2);
    expect(received(line)).toMatchObject({ deliveries: 2, results: [{}, { body: { inquiryId: id } }] });
  });
});

describe('RabbitMQ', () => {
  it('brings results to the MVNO AP server, in their order', async () => {
    const rabbit = await aTestRabbit();
    const line = await begin({ settings: { AMQP_URL: rabbit.url } });
    try {
      const ids: string[] = [];
      for (const month of ['2026-09', '2026-08', '2026-07']) ids.push((await graph.inquire(line, { month })).id);
      await eventually(() => {
        // What could not be brought at once is tried again.
        graph.clock.advance(1_000);
        return received(line).distinct === ids.length;
      });
      expect(received(line).results.map(({ body }) => body['inquiryId'])).toEqual(ids);
    } finally {
      await graph.stop();
      await rabbit.stop();
    }
  });
});

const listening = z.object({ msg: z.literal('listening'), url: z.string() });

/** The service in a process of its own. */
async function aProcess() {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...graph.environment, BILLING_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const said = listening.safeParse(JSON.parse(line));
    if (said.success) return { url: said.data.url, kill };
  }
  throw new Error('the process ended before it listened');
}

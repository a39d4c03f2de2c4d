import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultMvnoApConfig, type MvnoApConfig } from './config.ts';
import { createMvnoApSimulator } from './simulator.ts';

const releases: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function anAp(config: Partial<MvnoApConfig> = {}) {
  let now = new Date('2026-09-15T03:00:00Z');
  const ap = createMvnoApSimulator({ ...defaultMvnoApConfig, ...config }, { clock: { now: () => now } });
  releases.push(() => ap.close());
  const { url, adminUrl } = await ap.listen();
  const send = (method: string, address: string, body: unknown) =>
    fetch(address, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    admin: ap.admin,
    close: () => ap.close(),
    setTime: (iso: string) => {
      now = new Date(iso);
    },
    sendBill: (body: unknown) => send('POST', `${url}/results/bills`, body),
    sendChange: (body: unknown) => send('POST', `${url}/results/product-changes`, body),
    ask: async (query = ''): Promise<unknown> => await (await fetch(`${url}/results${query}`)).json(),
    putFaults: (faults: unknown) => send('PUT', `${adminUrl}/faults`, faults),
    postAdmin: (path: string) => fetch(`${adminUrl}${path}`, { method: 'POST' }),
  };
}

const bill = { eventId: 'event-1', lineId: 'ln_a', chargeWon: 75_000 };
const change = { eventId: 'event-2', lineId: 'ln_b', result: '정상', message: '상품 변경이 완료되었다' };

describe('the AP server', () => {
  it('takes results and tells what it took, by type, line and time', async () => {
    const ap = await anAp();
    const answer = await ap.sendBill(bill);
    expect([answer.status, await answer.json()]).toEqual([202, { eventId: 'event-1', isDuplicate: false }]);
    ap.setTime('2026-09-15T04:00:00Z');
    await ap.sendChange(change);

    const kept = { deliveries: 1, lineId: 'ln_b', receivedAt: '2026-09-15T04:00:00.000Z', body: change };
    const onlyChange = {
      results: [{ ...kept, eventId: 'event-2', type: 'product-change' }],
      deliveries: 1,
      distinct: 1,
    };
    expect(await ap.ask()).toMatchObject({ deliveries: 2, distinct: 2 });
    expect(await ap.ask('?type=product-change')).toEqual(onlyChange);
    expect(await ap.ask('?lineId=ln_b')).toEqual(onlyChange);
    expect(await ap.ask('?since=2026-09-15T04:00:00Z')).toEqual(onlyChange);
    expect(await ap.ask('?type=coupon')).toHaveProperty('error');
  });

  it('takes an event once and counts how often it came, also at the same time', async () => {
    const ap = await anAp();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ap.sendBill(bill)));
    const bodies = await Promise.all(answers.map((answer): Promise<unknown> => answer.json()));
    expect(bodies.filter((body) => JSON.stringify(body).includes('"isDuplicate":false'))).toHaveLength(1);
    expect(ap.admin.results()).toMatchObject({ results: [{ deliveries: 5 }], deliveries: 5, distinct: 1 });
  });

  it.each([{}, { eventId: '' }, { eventId: 7 }, []])('refuses %j as bad input', async (body) => {
    const ap = await anAp();
    expect((await ap.sendBill(body)).status).toBe(400);
    expect(await ap.ask()).toEqual({ results: [], deliveries: 0, distinct: 0 });
  });

  it('keeps what it took over a restart, a torn last line aside', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mvno-ap-'));
    releases.push(() => rm(dataDir, { recursive: true }));
    const first = await anAp({ dataDir });
    await first.sendBill(bill);
    await first.sendBill(bill);
    await first.close();
    await appendFile(join(dataDir, 'received-results.jsonl'), '{"type":"bill","rec');

    const second = await anAp({ dataDir });
    await second.sendChange(change);
    expect(await second.ask()).toMatchObject({ deliveries: 3, distinct: 2 });
    await second.close();
    expect(await (await anAp({ dataDir })).ask()).toMatchObject({ deliveries: 3, distinct: 2 });
  });

  it('does not hide damage in the middle of what it kept', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mvno-ap-'));
    releases.push(() => rm(dataDir, { recursive: true }));
    await appendFile(join(dataDir, 'received-results.jsonl'), 'damage\n{"type":"bill"}\n');
    await expect(anAp({ dataDir })).rejects.toThrow();
  });
});

describe('a fault of the AP server', () => {
  it('fails so many deliveries of a type with a status, and takes the next', async () => {
    const ap = await anAp();
    await ap.putFaults([{ type: 'bill', status: 503, times: 2 }]);
    const statuses: number[] = [(await ap.sendChange(change)).status];
    for (let delivery = 0; delivery < 3; delivery += 1) statuses.push((await ap.sendBill(bill)).status);
    expect(statuses).toEqual([202, 503, 503, 202]);
    expect(ap.admin.results()).toMatchObject({ deliveries: 2, distinct: 2 });
  });

  it('resets the connection although the result was received', async () => {
    const ap = await anAp();
    ap.admin.faults.replace([{ instead: 'reset', isReceived: true, times: 1 }]);
    await expect(ap.sendBill(bill)).rejects.toThrow('fetch failed');
    expect(await (await ap.sendBill(bill)).json()).toEqual({ eventId: 'event-1', isDuplicate: true });
  });

  it('hangs until it is shut, and comes back at the same address', async () => {
    const ap = await anAp();
    ap.admin.faults.replace([{ instead: 'hang' }]);
    const hanging = expect(ap.sendBill(bill)).rejects.toThrow('fetch failed');
    await ap.postAdmin('/stop-listening');
    await hanging;
    await expect(ap.sendBill(bill)).rejects.toThrow('fetch failed');
    ap.admin.faults.clear();
    await ap.postAdmin('/resume');
    expect((await ap.sendBill(bill)).status).toBe(202);
  });

  it('is refused when it makes no sense', async () => {
    const ap = await anAp();
    expect((await ap.putFaults([{ status: 200 }])).status).toBe(400);
    expect(ap.admin.faults.list()).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { aKos, LINE, release, until } from './testing/a-kos.ts';

afterEach(release);

describe('the quota', () => {
  it('refuses the 101st call of any kind in a sliding minute', async () => {
    const kos = await aKos({ callsPerMinute: 100 });
    for (let call = 0; call < 99; call += 1) await kos.get('/kos/products/available');
    kos.clock.advance(30_000);
    await kos.bill(LINE, '202608');
    const refused = await kos.send('/kos/customer/CUST001');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await refused.json()).toMatchObject({ resultCode: 'E429' });

    kos.clock.advance(30_000);
    for (let call = 0; call < 99; call += 1) expect((await kos.get('/kos/products/available')).status).toBe(200);
    expect((await kos.get('/kos/products/available')).status).toBe(429);
    expect(kos.admin.callCount()).toMatchObject({ count: 102, maximumIn60s: 102, total: 201, refused: 2 });
  });

  it('logs calls without showing whose line they were about', async () => {
    const kos = await aKos();
    await kos.change();
    expect(kos.admin.calls()).toEqual([
      {
        at: '2026-09-15T03:00:00.000Z',
        operation: 'product-change',
        transactionId: 'tx-1',
        maskedLine: '010****5678',
        isRefused: false,
      },
    ]);
  });
});

describe('a fault', () => {
  const unapplied = async (kos: Awaited<ReturnType<typeof aKos>>) => {
    expect((await kos.get('/kos/product/change/tx-1')).resultCode).toBe('E004');
    expect(await kos.currentPlan()).toBe('5G-PREMIUM-001');
  };
  const applied = async (kos: Awaited<ReturnType<typeof aKos>>) => {
    expect((await kos.get('/kos/product/change/tx-1')).data).toMatchObject({ status: 'APPLIED' });
    expect(await kos.currentPlan()).toBe('5G-STANDARD-001');
  };

  it('delays only the operation and line it names, only as often as told', async () => {
    const kos = await aKos();
    const fault = { operation: 'bill-inquiry', lineNumber: LINE, latencyMs: 60, times: 1 } as const;
    kos.admin.faults.replace([fault]);
    await kos.bill('01087654321', '202608');
    await kos.get(`/kos/line/${LINE}/status`);
    expect(kos.admin.faults.list()).toEqual([fault]);
    const startedAt = performance.now();
    await kos.bill(LINE, '202608');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
    expect(kos.admin.faults.list()).toEqual([]);
  });

  it('fails the share of calls it is told to, evenly', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'customer', errorRate: 0.25 }]);
    const statuses: number[] = [];
    for (let call = 0; call < 8; call += 1) statuses.push((await kos.get('/kos/customer/CUST001')).status);
    expect(statuses).toEqual([200, 200, 200, 500, 200, 200, 200, 500]);
  });

  it('answers the status it is told, with nothing done', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', status: 503 }]);
    expect(await kos.change()).toMatchObject({ status: 503, resultCode: 'E999' });
    await unapplied(kos);
  });

  it('hangs, with nothing done', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', hang: true }]);
    const giveUp = new AbortController();
    const call = kos.changeRaw({}, giveUp.signal);
    await until(() => kos.admin.calls().length === 1);
    giveUp.abort();
    await expect(call).rejects.toThrow('aborted');
    await unapplied(kos);
  });

  it('applies a change and never answers', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', appliedButNeverAnswered: true }]);
    const giveUp = new AbortController();
    const call = kos.changeRaw({}, giveUp.signal);
    await until(() => kos.admin.changes().length === 1);
    giveUp.abort();
    await expect(call).rejects.toThrow('aborted');
    await applied(kos);
  });

  it('resets the connection before or after the change is applied', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', reset: 'before', times: 1 }]);
    await expect(kos.changeRaw({})).rejects.toThrow('fetch failed');
    await unapplied(kos);
    kos.admin.faults.replace([{ operation: 'product-change', reset: 'after-apply', times: 1 }]);
    await expect(kos.changeRaw({})).rejects.toThrow('fetch failed');
    await applied(kos);
  });

  it('applies a change long after it answered with a failure', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', applyLateMs: 20_000, times: 1 }]);
    expect((await kos.change()).status).toBe(500);
    await unapplied(kos);
    const resent = await kos.change();
    expect(resent.data).toMatchObject({ original: { transactionId: 'tx-1', status: 'IN_PROGRESS' } });
    kos.clock.advance(20_000);
    await applied(kos);
  });

  it('applies a change whose caller gave up waiting', async () => {
    const kos = await aKos();
    kos.admin.faults.replace([{ operation: 'product-change', latencyMs: 40 }]);
    const giveUp = new AbortController();
    const call = kos.changeRaw({}, giveUp.signal);
    await until(() => kos.admin.calls().length === 1);
    giveUp.abort();
    await expect(call).rejects.toThrow('aborted');
    await until(() => kos.admin.changes().length === 1);
    await applied(kos);
  });

  it('garbles an answer as HTML, half a document, wrong types or another line', async () => {
    const kos = await aKos();
    const garbled = async (malformed: 'html' | 'truncated' | 'wrong-types' | 'other-line') => {
      kos.admin.faults.replace([{ malformed }]);
      const response = await kos.billRaw(LINE);
      expect(response.status).toBe(200);
      return await response.text();
    };
    expect(await garbled('html')).toMatch(/^<html>/);
    const half = await garbled('truncated');
    expect(() => JSON.parse(half) as unknown).toThrow(SyntaxError);
    expect(JSON.parse(await garbled('wrong-types'))).toMatchObject({ data: { charge: expect.stringMatching(/원$/) } });
    expect(JSON.parse(await garbled('other-line'))).toMatchObject({ data: { lineNumber: '01000009999' } });
  });
});

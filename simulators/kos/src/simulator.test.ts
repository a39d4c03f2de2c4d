import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defaultKosConfig } from './config.ts';
import { billScenario, changeScenario } from './scenarios.ts';
import { aKos, LINE, premiumToStandard, release } from './testing/a-kos.ts';

afterEach(release);

describe('the contract of KOS', () => {
  it('answers a bill with everything the carrier knows about the month', async () => {
    const kos = await aKos();
    const { status, resultCode, data } = await kos.bill(LINE, '202608');
    expect([status, resultCode]).toEqual([200, '0000']);
    expect(data).toMatchObject({
      lineNumber: LINE,
      customerId: 'CUST001',
      billingMonth: '202608',
      isClosed: true,
      productName: '5G 프리미엄 플랜',
      contractInfo: { type: 'SELECTIVE_DISCOUNT', start: '20250310', end: '20270309', remainingMonths: 7 },
      billingPaymentInfo: { billingDate: '20260901', dueDate: '20260925' },
    });
    expect((await kos.bill(LINE, '202609')).data).toMatchObject({ isClosed: false });
  });

  it('keeps the open month and 24 closed ones, and knows no future', async () => {
    const kos = await aKos();
    const codes = await Promise.all(['202610', '202609', '202409', '202408'].map((month) => kos.bill(LINE, month)));
    expect(codes.map(({ status, resultCode }) => [status, resultCode])).toEqual([
      [200, 'E002'],
      [200, '0000'],
      [200, '0000'],
      [200, 'E002'],
    ]);
  });

  it('shows a customer with all lines', async () => {
    const kos = await aKos();
    const { data } = await kos.get('/kos/customer/CUST003');
    expect(data).toMatchObject({ customerName: '박데모', operatorCode: 'MVNO001', regDate: '20210105' });
    expect(z.object({ lines: z.array(z.object({ lineNumber: z.string(), status: z.string() })) }).parse(data)).toEqual({
      lines: [
        { lineNumber: '01012345679', status: 'ACTIVE' },
        { lineNumber: '01012345680', status: 'ACTIVE' },
        { lineNumber: '01012345681', status: 'ACTIVE' },
        { lineNumber: '01012345682', status: 'ACTIVE' },
        { lineNumber: '01012340000', status: 'SUSPENDED' },
      ],
    });
  });

  it('lists the plans of one operator or of both, those no longer sold included', async () => {
    const kos = await aKos();
    const listed = z.object({ products: z.array(z.object({ productCode: z.string(), saleStatus: z.string() })) });
    const all = listed.parse((await kos.get('/kos/products/available')).data).products;
    const ofOne = listed.parse((await kos.get('/kos/products/available?operatorCode=MVNO002')).data).products;
    expect(all.find((plan) => plan.productCode === '3G-OLD-001')?.saleStatus).toBe('ENDED');
    expect(all.find((plan) => plan.productCode === '5G-PREMIUM-001')?.saleStatus).toBe('ON_SALE');
    expect(ofOne.length).toBeGreaterThan(5);
    expect(all.length).toBeGreaterThan(ofOne.length);
  });

  it.each([
    ['an unknown line', '/kos/line/01099999999/status', 404, 'E001'],
    ['a line number of the wrong shape', '/kos/line/0101234/status', 400, 'E400'],
    ['an unknown customer', '/kos/customer/CUST999999', 404, 'E003'],
    ['an unknown transaction', '/kos/product/change/never-seen', 404, 'E004'],
    ['an unknown operation', '/kos/nothing', 404, 'E400'],
  ])('answers %s with its code', async (_what, path, status, resultCode) => {
    const kos = await aKos();
    expect(await kos.get(path)).toMatchObject({ status, resultCode, data: null });
  });

  it.each([
    'not json',
    '[]',
    '{"lineNumber":"010-1234-5678","inquiryMonth":"202608"}',
    '{"inquiryMonth":"202613"}',
    '',
  ])('refuses the body %p as bad input', async (body) => {
    const kos = await aKos();
    const response = await kos.send('/kos/bill/inquiry', { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ resultCode: 'E400', data: null });
  });

  it('refuses a body beyond reason as bad input', async () => {
    const kos = await aKos();
    const response = await kos.send('/kos/bill/inquiry', { method: 'POST', body: 'x'.repeat(20_000) });
    expect([response.status, await response.json()]).toMatchObject([400, { resultCode: 'E400' }]);
  });

  it('answers the same from two simulators with one seed', async () => {
    const [one, other] = [await aKos(), await aKos()];
    const sample = one.admin.findLines({ limit: 100 });
    expect(other.admin.findLines({ limit: 100 })).toEqual(sample);
    for (const { lineNumber } of sample.filter((_line, index) => index % 10 === 0)) {
      expect(await other.bill(lineNumber, '202607')).toEqual(await one.bill(lineNumber, '202607'));
    }
  });

  it('is ready with its full population in half a second', async () => {
    const times: number[] = [];
    let kos = await aKos();
    // a machine that does something else meanwhile makes it look slower, and not three times in a row
    for (let time = 0; time < 3; time += 1) {
      const startedAt = performance.now();
      kos = await aKos({ customerCount: defaultKosConfig.customerCount });
      times.push(performance.now() - startedAt);
    }
    expect(Math.min(...times)).toBeLessThan(500);
    expect(kos.admin.findLines({ limit: 100_000 }).length).toBeGreaterThan(10_000);
  });
});

describe('the scenario lines', () => {
  const [ok, noBill, broken, slow] = ['01012345678', '01012345679', '01012345680', '01012345681'];

  it('take the times of the designed table', () => {
    const latencies = [ok, noBill, broken, slow].map((lineNumber) => [
      billScenario(lineNumber)?.latencyMs,
      changeScenario({ ...premiumToStandard, lineNumber })?.latencyMs,
    ]);
    expect(latencies).toEqual([
      [500, 2_000],
      [300, 1_500],
      [1_000, 3_000],
      [5_000, 1_200],
    ]);
    const pair = { ...premiumToStandard, currentProductCode: 'PROD001', newProductCode: 'PROD999' };
    expect(changeScenario(pair)?.latencyMs).toBe(1_000);
  });

  it('are delayed by their time times the scale', async () => {
    const kos = await aKos({ latencyScale: 0.02 });
    const startedAt = performance.now();
    await kos.bill(slow, '202608');
    expect(performance.now() - startedAt).toBeGreaterThan(95);
  });

  it.each([
    [ok, 200, '0000'],
    [noBill, 200, 'E002'],
    [broken, 500, 'E999'],
    [slow, 200, '0000'],
  ])('answer a bill inquiry for %s with HTTP %i and %s', async (lineNumber, status, resultCode) => {
    const kos = await aKos();
    expect(await kos.bill(lineNumber, '202608')).toMatchObject({ status, resultCode });
  });

  it.each([
    [ok, '5G-PREMIUM-001', '5G-STANDARD-001', 200, '0000'],
    [noBill, 'LTE-PREMIUM-001', 'LTE-BASIC-001', 400, 'E101'],
    [broken, 'LTE-PREMIUM-001', 'LTE-BASIC-001', 500, 'E999'],
    [slow, 'LTE-PREMIUM-001', 'LTE-BASIC-001', 400, 'E103'],
    ['01012345682', 'PROD001', 'PROD999', 400, 'E102'],
  ])('answer a change of %s from %s to %s with HTTP %i and %s', async (lineNumber, from, to, status, resultCode) => {
    const kos = await aKos();
    const asked = { lineNumber, currentProductCode: from, newProductCode: to };
    expect(await kos.change(asked)).toMatchObject({ status, resultCode });
    const became = await kos.get('/kos/product/change/tx-1');
    if (resultCode === 'E999') expect(became.resultCode).toBe('E004');
    else expect(became.data).toMatchObject({ resultCode, status: resultCode === '0000' ? 'APPLIED' : 'REFUSED' });
  });
});

describe('the admin door', () => {
  it('sets, shows and clears faults, and says what is wrong with a bad one', async () => {
    const kos = await aKos();
    const put = (rules: unknown) =>
      fetch(`${kos.adminUrl}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rules),
      });
    expect(await (await put([{ operation: 'customer', status: 502, times: 3 }])).json()).toEqual([
      { operation: 'customer', status: 502, times: 3 },
    ]);
    expect((await kos.get('/kos/customer/CUST001')).status).toBe(502);
    expect(kos.admin.faults.list()).toMatchObject([{ times: 2 }]);
    const bad = await put([{ operation: 'customer', latency: 5 }]);
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('latency')]);
    expect((await fetch(`${kos.adminUrl}/faults`, { method: 'DELETE' })).status).toBe(204);
    expect((await kos.get('/kos/customer/CUST001')).status).toBe(200);
  });

  it('counts, lists changes, finds lines and resets', async () => {
    const kos = await aKos();
    const ask = async (path: string): Promise<unknown> => await (await fetch(`${kos.adminUrl}${path}`)).json();
    await kos.change();
    expect(await ask('/changes')).toMatchObject([{ transactionId: 'tx-1', status: 'APPLIED', resultCode: '0000' }]);
    expect(await ask('/calls/count?windowMs=1000')).toMatchObject({ count: 1, maximumIn60s: 1 });
    expect(await ask('/calls')).toHaveLength(1);
    expect(await ask('/lines?status=SUSPENDED&isOverdue=true&limit=1')).toMatchObject([{ lineNumber: '01012340000' }]);
    expect((await fetch(`${kos.adminUrl}/lines?colour=red`)).status).toBe(400);
    await fetch(`${kos.adminUrl}/reset`, { method: 'POST' });
    expect(await ask('/calls/count')).toEqual({ count: 0, maximumIn60s: 0, total: 0, refused: 0 });
    expect(await ask('/changes')).toHaveLength(1);
  });

  it('stops KOS listening and lets it come back at the same address', async () => {
    const kos = await aKos();
    await fetch(`${kos.adminUrl}/stop-listening`, { method: 'POST' });
    await expect(kos.get('/kos/customer/CUST001')).rejects.toThrow('fetch failed');
    await fetch(`${kos.adminUrl}/resume`, { method: 'POST' });
    expect((await kos.get('/kos/customer/CUST001')).status).toBe(200);
  });

  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'takes an empty body and JSON whatever it is called, such as %s',
    async (type) => {
      const kos = await aKos();
      const at = (path: string, method: string, body: string) =>
        fetch(`${kos.adminUrl}${path}`, { method, body, headers: { 'content-type': type } });
      expect((await at('/reset', 'POST', '')).status).toBe(204);
      expect((await at('/faults', 'PUT', '[{"operation":"customer","status":503}]')).status).toBe(200);
      expect((await kos.get('/kos/customer/CUST001')).status).toBe(503);
      expect((await at('/faults', 'PUT', '[{')).status).toBe(400);
    },
  );
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { aKos, askAt, clockAt, LINE, release, releases, type AskedChange } from './testing/a-kos.ts';

afterEach(release);

describe('a plan change', () => {
  it('is in force at once, downwards and upwards again', async () => {
    const kos = await aKos();
    expect(await kos.change()).toMatchObject({
      status: 200,
      data: {
        newProductName: '5G 스탠다드 플랜',
        changeDate: '20260915',
        effectiveDate: '20260915',
        monthlyFee: 69_000,
        processResult: '정상',
        status: 'APPLIED',
      },
    });
    expect(await kos.currentPlan()).toBe('5G-STANDARD-001');
    const back = { transactionId: 'tx-2', currentProductCode: '5G-STANDARD-001', newProductCode: '5G-PREMIUM-001' };
    expect((await kos.change(back)).resultCode).toBe('0000');
    expect(await kos.currentPlan()).toBe('5G-PREMIUM-001');
  });

  it('shows in the bill of its month and leaves closed months alone', async () => {
    const kos = await aKos();
    const before = await kos.bill(LINE, '202608');
    await kos.change();
    expect(await kos.bill(LINE, '202608')).toEqual(before);
    expect((await kos.bill(LINE, '202609')).data).toMatchObject({ productCode: '5G-STANDARD-001' });
  });

  it('is booked for a later day and applied when the day comes', async () => {
    const kos = await aKos();
    expect((await kos.change({ effectiveDate: '20261001' })).data).toMatchObject({ status: 'BOOKED' });
    expect((await kos.get(`/kos/line/${LINE}/status`)).data).toMatchObject({
      currentProductCode: '5G-PREMIUM-001',
      pendingChange: { transactionId: 'tx-1', newProductCode: '5G-STANDARD-001', effectiveDate: '20261001' },
    });
    const another = await kos.change({ transactionId: 'tx-2', newProductCode: 'LTE-BASIC-001' });
    expect(another).toMatchObject({ resultCode: 'E101', data: { errorDetail: '예약된 상품 변경이 있습니다' } });

    kos.clock.set('2026-10-01T00:00:00+09:00');
    expect((await kos.get(`/kos/line/${LINE}/status`)).data).toMatchObject({
      currentProductCode: '5G-STANDARD-001',
      pendingChange: null,
    });
    expect((await kos.get('/kos/product/change/tx-1')).data).toMatchObject({ status: 'APPLIED' });
  });

  it.each<[string, Partial<AskedChange>, number, string]>([
    ['to a plan that does not exist', { newProductCode: 'NO-SUCH-PLAN' }, 400, 'E400'],
    ['to a plan no longer sold', { newProductCode: '3G-OLD-001' }, 400, 'E400'],
    ['to a plan of the other operator', { newProductCode: 'M2-5G-MAX-001' }, 400, 'E400'],
    ['to the plan it has', { newProductCode: '5G-PREMIUM-001' }, 400, 'E400'],
    ['from a plan it does not have', { currentProductCode: 'LTE-BASIC-001' }, 400, 'E400'],
    ['of an unknown line', { lineNumber: '01099999999' }, 404, 'E001'],
    ['of a suspended line', { lineNumber: '01012340000', currentProductCode: 'LTE-BASIC-001' }, 400, 'E101'],
  ])('is refused %s, and the refusal is remembered', async (_why, change, status, resultCode) => {
    const kos = await aKos();
    expect(await kos.change(change)).toMatchObject({ status, resultCode, data: { transactionId: 'tx-1' } });
    expect((await kos.get('/kos/product/change/tx-1')).data).toMatchObject({ status: 'REFUSED', resultCode });
  });

  it('follows the rules of the carrier for any line, not only the scenario lines', async () => {
    const kos = await aKos();
    const refusedFor = async (query: Parameters<typeof kos.admin.findLines>[0], newProductCode: string) => {
      const [line] = kos.admin.findLines({ operatorCode: 'MVNO001', status: 'ACTIVE', ...query }).slice(-1);
      if (!line) throw new Error('The population has no such line');
      const { lineNumber, currentProductCode } = line;
      return await kos.change({ transactionId: lineNumber, lineNumber, currentProductCode, newProductCode });
    };
    const committed = { contractType: 'DEVICE_SUBSIDY', currentProductCode: '5G-PREMIUM-001', device: '5G' } as const;
    expect((await refusedFor(committed, 'LTE-TALK-001')).resultCode).toBe('E101');
    const paidUp = { isOverdue: false, contractType: 'NONE' } as const;
    expect((await refusedFor({ ...paidUp, device: 'LTE' }, '5G-PREMIUM-001')).resultCode).toBe('E102');
    expect((await refusedFor({ isOverdue: true, device: '5G', contractType: 'NONE' }, 'PROD999')).resultCode).toBe(
      'E103',
    );
    const free = { ...paidUp, device: '5G', currentProductCode: '5G-PREMIUM-001' } as const;
    expect((await refusedFor(free, 'LTE-TALK-001')).resultCode).toBe('0000');
  });

  it('is carried out once however often its transaction id comes, also at the same time', async () => {
    const kos = await aKos();
    const answers = await Promise.all(Array.from({ length: 10 }, () => kos.change()));
    expect(answers.filter((answer) => answer.resultCode === '0000')).toHaveLength(1);
    for (const duplicate of answers.filter((answer) => answer.resultCode === 'E400')) {
      expect(duplicate).toMatchObject({
        status: 400,
        resultMessage: '중복된 거래번호입니다',
        data: { original: { status: 'APPLIED', newProductCode: '5G-STANDARD-001' } },
      });
    }
    const otherContent = await kos.change({ newProductCode: 'LTE-BASIC-001' });
    expect(otherContent.data).toMatchObject({ errorDetail: '다른 내용으로 이미 사용된 거래번호입니다' });
    expect(kos.admin.changes()).toHaveLength(1);
  });

  it('outlives kill -9 and a torn last line', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'kos-'));
    releases.push(() => rm(dataDir, { recursive: true }));
    const env = { KOS_PORT: '0', KOS_ADMIN_PORT: '0', KOS_LATENCY_SCALE: '0', KOS_DATA_DIR: dataDir };
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', main], { env });
    const [greeting] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, 'data'));
    const killed = askAt(/http\S+(?=\/kos)/.exec(greeting.toString())?.[0] ?? '');
    expect((await killed.change()).resultCode).toBe('0000');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await appendFile(join(dataDir, 'plan-changes.jsonl'), '{"transactionId":"tx-2","lineNum');

    const restarted = await aKos({ dataDir }, clockAt(new Date().toISOString()));
    expect(await restarted.currentPlan()).toBe('5G-STANDARD-001');
    const back = { transactionId: 'tx-2', currentProductCode: '5G-STANDARD-001', newProductCode: '5G-PREMIUM-001' };
    await restarted.change(back);
    await restarted.close();

    const again = await aKos({ dataDir }, clockAt(new Date().toISOString()));
    expect(await again.currentPlan()).toBe('5G-PREMIUM-001');
    expect(again.admin.changes().map((change) => change.transactionId)).toEqual(['tx-1', 'tx-2']);
  });
});

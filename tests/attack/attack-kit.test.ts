import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { attack as deepDocuments } from './attacks/deep-documents.ts';
import { attack as transport } from './attacks/transport.ts';
import type { Attack } from './kit/attack.ts';
import { leakIn } from './kit/leaks.ts';
import type { Innocent } from './kit/innocent.ts';
import { openTarget } from './kit/open-target.ts';
import { runAttacks } from './kit/run-attacks.ts';
import { median, quantile, sameDistribution } from './kit/statistics.ts';
import { outcomeLine, threatTable } from './kit/threat-table.ts';

const patient = (slowestMs = 3, failed = 0): Innocent => ({
  begin: () => undefined,
  end: () => Promise.resolve({ answered: 10, slowestMs, failed }),
  close: () => undefined,
});

const probing = (run: Attack['run'], more: Partial<Attack> = {}): Attack => ({
  threat: 'T0',
  title: 'A probe',
  run,
  ...more,
});

describe('The attacks', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A gateway that answers everything in one way. */
  async function aGatewayThat(answer: (response: ServerResponse) => void) {
    const server = createServer((_request, response) => {
      answer(response);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return openTarget({ url: `http://127.0.0.1:${port}`, kosAdminUrl: null, own: null });
  }
  const refusing =
    (code: string, status = 400) =>
    (response: ServerResponse) => {
      const body = JSON.stringify({ errors: [{ message: '아니요', extensions: { code } }] });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
  const run = async (
    attacks: readonly Attack[],
    target: Awaited<ReturnType<typeof aGatewayThat>>,
    innocent = patient(),
  ) => await runAttacks({ attacks, target, innocent, innocentWithinMs: 100, report: () => undefined });

  it('find a gateway that shows its inside', async () => {
    const target = await aGatewayThat((response) => {
      response
        .writeHead(500, { 'content-type': 'text/html' })
        .end('<pre>SyntaxError at /srv/node_modules/raw-body</pre>');
    });
    const [outcome] = await run([transport], target);
    expect(outcome?.verdict).toBe('broken');
    expect(outcome?.findings.join()).toContain('an answer tells of the inside');
  });

  it('find a gateway that answers what it has to refuse, and one that takes its time to refuse', async () => {
    const obliging = await aGatewayThat((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"me":null}}');
    });
    expect((await run([deepDocuments], obliging))[0]?.verdict).toBe('broken');
    const slow = await aGatewayThat((response) => {
      setTimeout(() => {
        refusing('QUERY_TOO_DEEP')(response);
      }, 300);
    });
    const hasty = probing(async (_target, trial) => {
      trial.holds((await trial.ask('{ me { id } }')).tookMs < 100, 'it took long');
      return 'one question';
    });
    const [outcome] = await run([hasty], slow);
    expect([outcome?.verdict, outcome?.findings]).toEqual(['broken', ['it took long']]);
    expect(outcome?.worstMs).toBeGreaterThan(100);
  });

  it('find no fault in a gateway that refuses everything as it should', async () => {
    const target = await aGatewayThat(refusing('UNAUTHENTICATED', 401));
    const polite = probing(async (_target, trial) => {
      trial.refused('a question', await trial.ask('{ me { id } }'), 'UNAUTHENTICATED');
      return 'one question';
    });
    const [outcome] = await run([polite], target);
    expect(outcome).toMatchObject({ verdict: 'held', findings: [], tried: 'one question', innocentMs: 3 });
  });

  it('count as failed when somebody innocent had to wait, or when they could not be made', async () => {
    const target = await aGatewayThat(refusing('UNAUTHENTICATED', 401));
    const idle = probing(() => Promise.resolve('nothing'));
    const broken = probing(() => Promise.reject(new Error('there is no such account')));
    const waited = await run([idle], target, patient(101));
    expect(waited[0]?.findings).toEqual(['somebody innocent waited 101 ms']);
    expect((await run([idle], target, patient(3, 2)))[0]?.findings).toEqual([
      'somebody innocent got no answer 2 times',
    ]);
    expect((await run([broken], target))[0]?.findings).toEqual(['it could not be tried: there is no such account']);
  });

  it('are tried once more when all that is wrong is a wait, unless they leave traces', async () => {
    const target = await aGatewayThat(refusing('UNAUTHENTICATED', 401));
    const waits = [150, 3, 150];
    const innocent = {
      ...patient(),
      end: () => Promise.resolve({ answered: 10, slowestMs: waits.shift() ?? 0, failed: 0 }),
    };
    const idle = () => Promise.resolve('nothing');
    const outcomes = await run([probing(idle), probing(idle, { threat: 'T1', isOnceOnly: true })], target, innocent);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['held', 'broken']);
  });

  it('are made in the order of their threats, those that leave traces last, and only where they can be', async () => {
    const target = await aGatewayThat(refusing('UNAUTHENTICATED', 401));
    const idle = () => Promise.resolve('nothing');
    const outcomes = await run(
      [
        probing(idle, { threat: 'T2', stage: 'looks back' }),
        probing(idle, { threat: 'T10' }),
        probing(idle, { threat: 'T1', stage: 'breaks KOS' }),
        probing(idle, { threat: 'T9', needsOwnStack: true }),
      ],
      target,
    );
    expect(outcomes.map(({ threat, verdict }) => [threat, verdict])).toEqual([
      ['T9', 'not tried'],
      ['T10', 'held'],
      ['T1', 'held'],
      ['T2', 'held'],
    ]);
    const table = threatTable(outcomes, { on: new Date('2026-11-21T00:00:00Z'), machine: 'a machine' });
    expect(table).toContain('Measured on 2026-11-21 with a machine.');
    expect(table.split('\n').filter((line) => line.includes('A probe'))).toHaveLength(4);
    expect(outcomes.map(outcomeLine)[1]).toMatch(/^ok {3}T10 {2}A probe: nothing/);
  });

  it('are each in a file of their own, with a number and a title of their own', async () => {
    const folder = new URL('./attacks/', import.meta.url);
    const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
    const attacks = modules.map(({ attack }: { attack: Attack }) => attack);
    expect(new Set(attacks.map(({ title }) => title)).size).toBe(attacks.length);
    expect(new Set(attacks.map(({ threat }) => threat)).size).toBe(attacks.length);
    for (const { threat, title } of attacks) {
      expect(threat).toMatch(/^[ABT]\d/);
      expect(title).not.toMatch(/\||\.$/);
    }
  });
});

describe('What the attacks measure with', () => {
  it.each([
    ['{"errors":[{"message":"connect ECONNREFUSED 127.0.0.1:4002"}]}', true],
    ['{"message":"Invalid `prisma.account.findMany()`"}', true],
    ['{"message":"SELECT * FROM account"}', true],
    ['{"message":"Did you mean \\"loginId\\"?"}', true],
    ['{"message":"Maximum call stack size exceeded"}', true],
    ['{"errors":[{"message":"로그인이 필요합니다.","extensions":{"code":"UNAUTHENTICATED"}}]}', false],
    ['{"data":{"me":{"customer":{"lines":[{"phoneNumber":"010-1234-5678"}]}}}}', false],
  ])('tells whether an answer shows the inside: %s', (text, isLeak) => {
    expect(leakIn(text) !== null).toBe(isLeak);
  });

  it('knows middles and shares', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
    expect([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 1), quantile([7], 0.99)]).toEqual([2, 4, 7]);
  });

  it('tells equal distributions from different ones', () => {
    const spread = (from: number) => Array.from({ length: 100 }, (_, at) => from + ((at * 37) % 100) / 10);
    expect(sameDistribution(spread(20), spread(20))).toBe(1);
    expect(sameDistribution(spread(20), spread(20.3))).toBeGreaterThan(0.5);
    expect(sameDistribution(spread(20), spread(23))).toBeLessThan(0.001);
    // the smallest difference of 100 and 100 that the books call significant at 1 %
    expect(sameDistribution(spread(20), [...spread(20).slice(0, 77), ...Array<number>(23).fill(100)])).toBeCloseTo(
      0.01,
      2,
    );
  });
});

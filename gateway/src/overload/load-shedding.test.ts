import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { CodedError } from '@supergraph/platform/errors';

import { aGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph, sayJson } from '../testing/fake-subgraph.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { until } from '../testing/until.ts';
import { createLoadShedding } from './load-shedding.ts';
import type { LagMeter } from './loop-lag.ts';
import { kindOf, type RequestKind } from './request-kind.ts';

const aMeter = (): LagMeter & { lagMs: number } => ({
  lagMs: 0,
  readMs() {
    return this.lagMs;
  },
  close: () => undefined,
});

const limits = { read: { maxInFlight: 100, maxLagMs: 60 }, change: { maxInFlight: 120, maxLagMs: 250 } };
const atOnce = () => Promise.resolve('done');

describe('Load shedding', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** So many requests being answered, and a count of which of the next ones are taken. */
  function loaded(inFlight: number) {
    const meter = aMeter();
    const shedding = createLoadShedding({ limits, meter });
    const finishers: (() => void)[] = [];
    const hold = () => new Promise<void>((resolve) => finishers.push(resolve));
    for (let begun = 0; begun < inFlight; begun += 1) void shedding.run(() => 'change', hold);
    const readings = (count: number, lagMs: number) => {
      meter.lagMs = lagMs;
      jest.advanceTimersByTime(count * 100);
    };
    const takenOf = async (kind: RequestKind, asked = 100): Promise<number> => {
      const outcomes = await Promise.allSettled(Array.from({ length: asked }, () => shedding.run(() => kind, atOnce)));
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    };
    return {
      shedding,
      readings,
      takenOf,
      finishAll: () => {
        finishers.forEach((finish) => {
          finish();
        });
      },
    };
  }

  it('takes everything while the process keeps up', async () => {
    const { readings, takenOf, shedding } = loaded(50);
    readings(20, 55);
    expect([await takenOf('read', 50), await takenOf('change', 50), shedding.refusesAll()]).toEqual([50, 50, false]);
  });

  it('sheds reads before changes when the process is late, more of them the longer it lasts', async () => {
    const { readings, takenOf, shedding } = loaded(50);
    readings(1, 100);
    expect([await takenOf('read'), await takenOf('change')]).toEqual([50, 70]);
    expect(await takenOf('read', 40)).toBe(28);
    readings(2, 100);
    expect(await takenOf('read', 40)).toBeLessThan(16);
    readings(20, 100);
    expect([await takenOf('read', 40), await takenOf('change', 40)]).toEqual([0, 40]);
    expect(shedding.refusesAll()).toBe(false);
    readings(20, 300);
    expect([await takenOf('change', 40), shedding.refusesAll()]).toEqual([0, true]);
  });

  it('rests between the thresholds, and opens again by itself', async () => {
    const { readings, takenOf } = loaded(50);
    readings(3, 100);
    const share = await takenOf('read', 40);
    readings(50, 45);
    expect(Math.abs((await takenOf('read', 40)) - share)).toBeLessThanOrEqual(1);
    readings(20, 10);
    expect(await takenOf('read', 40)).toBe(40);
  });

  it('keeps places for changes when many requests are waiting for others', async () => {
    const { takenOf, shedding, finishAll } = loaded(100);
    expect([await takenOf('read', 1), await takenOf('change', 20)]).toEqual([0, 20]);
    const { takenOf: takenWhenFull, shedding: full } = loaded(120);
    expect([await takenWhenFull('change', 1), full.refusesAll(), shedding.refusesAll()]).toEqual([0, true, false]);
    finishAll();
    await Promise.resolve();
    expect(await takenOf('read', 50)).toBe(50);
  });

  it('refuses nothing for lateness while next to nothing is asked', async () => {
    const { readings, takenOf, shedding } = loaded(5);
    readings(50, 5_000);
    expect([await takenOf('read', 5), shedding.refusesAll()]).toEqual([5, false]);
  });

  it('says at once that it is too busy, and when to come again', async () => {
    const { shedding } = loaded(120);
    await expect(shedding.run(() => 'read', atOnce)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_000 });
  });
});

describe('The kind of a request', () => {
  const body = (query: string, more: object = {}) => Buffer.from(JSON.stringify({ query, ...more }));
  const both = 'query Look { me { id } } mutation Change { logout { __typename } }';

  it.each<[string, Buffer, RequestKind]>([
    ['a query', body('{ me { id } }'), 'read'],
    [
      'a query that mentions a mutation',
      body('query mutation { mutation(mutation: "mutation {") { mutation } }'),
      'read',
    ],
    ['a comment about one', body('# mutation\n{ me { id } }'), 'read'],
    ['a mutation', body('mutation { logout { __typename } }'), 'change'],
    ['a mutation after a fragment', body('fragment F on Query { me { id } } mutation M { logout { id } }'), 'change'],
    ['a mutation behind an escape', Buffer.from('{"query":"\\u006dutation { logout { id } }"}'), 'change'],
    ['a mutation among others, chosen', body(both, { operationName: 'Change' }), 'change'],
    ['a mutation among others, not chosen', body(both, { operationName: 'Look' }), 'read'],
    [
      'a mutation with directives',
      body('query A @x(y: { z: [{ a: 1 }] }) { me { id } } mutation B { logout { id } }', { operationName: 'B' }),
      'change',
    ],
    ['no document', body('mutation " {'), 'read'],
    ['an unreadable token', body('{ me mutation \u0000'), 'read'],
    ['no JSON', Buffer.from('mutation'), 'read'],
    ['nothing', Buffer.alloc(0), 'read'],
  ])('is told without parsing: %s', (_what, asked, kind) => {
    expect(kindOf(asked)).toBe(kind);
  });
});

describe('An overloaded gateway', () => {
  it('refuses reads cheaply, lets changes through, and takes reads again by itself', async () => {
    const pending: (() => void)[] = [];
    const product = await aFakeSubgraph((response) => {
      pending.push(() => {
        sayJson(response, { data: null });
      });
    });
    const meter = aMeter();
    const refuseLogin = (): never => {
      throw new CodedError('INVALID_CREDENTIALS');
    };
    const auth = { Query: { me: () => ({ id: 'usr_1' }) }, Mutation: { login: refuseLogin } };
    const g = await aGateway({ auth, product: product.url }, {}, { lagMeter: meter });
    const as = aViewer();
    const look = () => g.ask('{ me { id } }', { as, headers: { 'accept-language': 'en' } });
    const logIn = () => g.ask('mutation { login(input: { loginId: "a", password: "b" }) { __typename } }');
    const held = Array.from({ length: 20 }, (_, at) =>
      g.ask(`{ productOfferings(first: ${at + 1}) { edges { cursor } } }`),
    );
    await until('requests are under way', () => pending.length === 20);

    meter.lagMs = 100;
    let shed = await look();
    for (let asked = 1; shed.status !== 503 && asked < 500; asked += 1) shed = await look();
    expect([shed.status, shed.headers.get('retry-after'), shed.headers.get('content-type')]).toEqual([
      503,
      '1',
      'application/json; charset=utf-8',
    ]);
    expect(shed.body).toEqual({
      errors: [
        {
          message: 'Too busy: please try again.',
          extensions: {
            code: 'OVERLOADED',
            retryable: true,
            retryAfterMs: 1_000,
            traceId: shed.headers.get('x-request-id'),
          },
        },
      ],
    });
    for (let asked = 0; asked < 5; asked += 1) expect((await logIn()).status).toBe(401);

    meter.lagMs = 0;
    let taken = 0;
    for (let asked = 0; taken < 20 && asked < 2_000; asked += 1) taken = (await look()).status === 200 ? taken + 1 : 0;
    expect(taken).toBe(20);
    for (const answer of pending) answer();
    await Promise.all(held);
    await product.close();
    await g.close();
  });
});

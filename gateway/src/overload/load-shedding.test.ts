import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { CodedError } from '@supergraph/platform/errors';

import { aGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph, sayJson } from '../testing/fake-subgraph.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { until } from '../testing/until.ts';
import { createLoadShedding, type LoadShedding } from './load-shedding.ts';
import { createLongWaits } from './long-waits.ts';
import { createLoopLagMeter, type LagMeter } from './loop-lag.ts';
import { kindOf, type RequestKind } from './request-kind.ts';

const aMeter = (): LagMeter & { lagMs: number } => ({
  lagMs: 0,
  readMs() {
    return this.lagMs;
  },
  close: () => undefined,
});

const limits = { read: { maxInFlight: 100, maxLagMs: 30 }, change: { maxInFlight: 120, maxLagMs: 120 } };
const readingEveryMs = 200;
const hasNoRoom = (shedding: LoadShedding) => !shedding.hasRoomFor('read') && !shedding.hasRoomFor('change');

describe('Load shedding', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A process in which requests stay until they are told to finish. */
  function aProcess() {
    const meter = aMeter();
    const longWaits = createLongWaits();
    const shedding = createLoadShedding({ limits, meter, longWaits });
    const finishers: (() => void)[] = [];
    const hold = () => new Promise<void>((resolve) => finishers.push(resolve));
    return {
      shedding,
      longWaits,
      /** How many of so many new requests of a kind are taken; they stay. */
      take: (kind: RequestKind, asked: number): number => {
        const before = finishers.length;
        for (let nth = 0; nth < asked; nth += 1) void shedding.run(() => kind, hold).catch(() => undefined);
        return finishers.length - before;
      },
      finish: async (count: number) => {
        for (const done of finishers.splice(0, count)) done();
        await jest.advanceTimersByTimeAsync(0);
      },
      readings: (count: number, lagMs: number) => {
        meter.lagMs = lagMs;
        jest.advanceTimersByTime(count * readingEveryMs);
      },
    };
  }

  it('keeps places for changes when many requests wait for others', () => {
    const { take, shedding } = aProcess();
    expect([take('read', 150), hasNoRoom(shedding), take('change', 50)]).toEqual([100, false, 20]);
    expect([hasNoRoom(shedding), take('read', 1)]).toEqual([true, 0]);
  });

  it('takes fewer reads while the process is late, and as many changes as before', async () => {
    const { take, finish, readings, shedding } = aProcess();
    take('read', 100);
    readings(1, 50);
    await finish(25);
    expect([take('read', 10), hasNoRoom(shedding), take('change', 45)]).toEqual([5, false, 40]);
    await finish(120);
    readings(10, 50);
    expect(take('read', 100)).toBe(32);
  });

  it('takes fewer changes, too, when it is very late, but never too few to keep busy', async () => {
    const { take, finish, readings, shedding } = aProcess();
    take('change', 120);
    readings(10, 5_000);
    await finish(120);
    expect([take('read', 100), take('change', 100), hasNoRoom(shedding)]).toEqual([32, 32, true]);
  });

  it('does not blame requests that have long been waiting for others', async () => {
    const { take, readings, shedding, longWaits } = aProcess();
    take('read', 90);
    for (let nth = 0; nth < 90; nth += 1) void longWaits.during(new Promise(() => undefined));
    readings(10, 5_000);
    expect([take('read', 20), shedding.hasRoomFor('change'), take('change', 20)]).toEqual([10, true, 20]);
    await longWaits.during(Promise.resolve());
    expect(longWaits.count()).toBe(90);
  });

  it('rests between the thresholds, and takes everything again by itself', async () => {
    const { take, finish, readings } = aProcess();
    take('read', 100);
    readings(1, 50);
    readings(50, 20);
    await finish(100);
    expect(take('read', 100)).toBe(80);
    await finish(100);
    readings(1, 10);
    expect(take('read', 150)).toBe(100);
  });

  it('says at once that it is too busy, and when to come again', async () => {
    const { take, shedding } = aProcess();
    take('change', 120);
    const refused = shedding.run(
      () => 'read',
      () => Promise.resolve('done'),
    );
    await expect(refused).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_000 });
  });

  it('asks for the kind of a request only when it matters', async () => {
    const { take, shedding } = aProcess();
    const neverAsked = (): never => {
      throw new Error('asked');
    };
    await shedding.run(neverAsked, () => Promise.resolve('done'));
    take('read', 100);
    await expect(shedding.run(neverAsked, () => Promise.resolve('done'))).rejects.toThrow('asked');
  });
});

describe('The lag of the event loop', () => {
  it('is how late something that came in was noticed on average, however long the process was stuck', () => {
    jest.useFakeTimers();
    let nowMs = 0;
    const meter = createLoopLagMeter(() => nowMs);
    const turns = (...lastedMs: number[]) => {
      for (const ms of lastedMs) {
        nowMs += ms;
        jest.advanceTimersByTime(20);
      }
    };
    turns(20, 20, 21, 20, 19);
    expect(meter.readMs()).toBeLessThan(1);
    turns(20, 20, 20, 20, 20, 20, 20, 20, 40);
    expect(meter.readMs()).toBe(4);
    turns(20, 20, 320);
    expect(meter.readMs()).toBeCloseTo((320 * 300) / 360);
    nowMs += 120;
    expect(meter.readMs()).toBe(100);
    expect(meter.readMs()).toBe(0);
    meter.close();
    jest.useRealTimers();
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
    ['a registered mutation', Buffer.from('{"documentId":"registered-change"}'), 'change'],
    ['a registered query', Buffer.from('{"documentId":"registered-query"}'), 'read'],
    ['no document', body('mutation " {'), 'read'],
    ['an unreadable token', body('{ me mutation \u0000'), 'read'],
    ['no JSON', Buffer.from('mutation'), 'read'],
    ['nothing', Buffer.alloc(0), 'read'],
  ])('is told without parsing: %s', (_what, asked, kind) => {
    expect(kindOf(asked, (id) => id === 'registered-change')).toBe(kind);
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
    const refuseLogin = (): never => {
      throw new CodedError('INVALID_CREDENTIALS');
    };
    const auth = { Query: { me: () => ({ id: 'usr_1' }) }, Mutation: { login: refuseLogin } };
    const heldCount = 20;
    const g = await aGateway(
      { auth, product: product.url },
      {
        MAX_READS_IN_FLIGHT: String(heldCount),
        CORS_ORIGINS: 'https://shop.example',
      },
    );
    const as = aViewer();
    const look = () =>
      g.ask('{ me { id } }', { as, headers: { 'accept-language': 'en', origin: 'https://shop.example' } });
    const logIn = () => g.ask('mutation { login(input: { loginId: "a", password: "b" }) { __typename } }');
    const held = Array.from({ length: heldCount }, (_, at) =>
      g.ask(`{ productOfferings(first: ${at + 1}) { edges { cursor } } }`, { as }),
    );
    await until('requests are under way', () => pending.length === heldCount);

    const shed = await look();
    expect([shed.status, shed.headers.get('retry-after'), shed.headers.get('content-type')]).toEqual([
      503,
      '1',
      'application/json; charset=utf-8',
    ]);
    expect(shed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
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

    for (const answer of pending) answer();
    await Promise.all(held);
    expect((await look()).status).toBe(200);
    await product.close();
    await g.close();
  });
});

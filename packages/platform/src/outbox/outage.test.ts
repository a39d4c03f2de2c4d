import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CodedError } from '../errors/index.ts';
import { ConnectionFailed, MalformedAnswer } from '../http/index.ts';
import type { JsonRequest } from '../http/index.ts';
import {
  createCircuits,
  createGuard,
  standardBreakerPolicy,
  TimedOut,
  UpstreamUnavailable,
} from '../resilience/index.ts';
import { createMemoryOutboxStore } from '../testing/index.ts';
import { createPostDelivery, createRelay, DeliveryRefused, isOutage } from './index.ts';
import type { RelayEvents } from './index.ts';

const details = { retryAfterMs: 0, hasStarted: true };

describe('whose fault a failed delivery is', () => {
  it.each([
    ['no connection', new ConnectionFailed(false, undefined)],
    ['a broken connection', new ConnectionFailed(true, undefined)],
    ['no answer in time', new TimedOut(1_000)],
    ['an open circuit', new UpstreamUnavailable('AP', 'open', { ...details, hasStarted: false })],
    ['a guarded call that failed', new UpstreamUnavailable('AP', 'failed', details)],
    ['a lost database', new CodedError('SERVICE_UNAVAILABLE')],
    ['a busy database', new CodedError('OVERLOADED')],
    ...[429, 502, 503, 504].map((status) => [`status ${status}`, new DeliveryRefused('AP', status)] as const),
  ])('is the destination’s: %s', (_what, error) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    ['a mistake in the handler', new TypeError('undefined is not a function')],
    ['a refusal with a code', new CodedError('BAD_USER_INPUT')],
    ...[200, 400, 404, 409, 413, 422, 500, 501].map(
      (status) => [`status ${status}`, new DeliveryRefused('AP', status)] as const,
    ),
    ['something that is no error', 'no'],
  ])('is the message’s: %s', (_what, error) => {
    expect(isOutage(error)).toBe(false);
  });
});

type Answer = { readonly status: number } | Error;

/** A destination that answers as it is told, 202 by default, and notes what it took. */
function aDestination() {
  const taken: unknown[] = [];
  let answer: (body: unknown) => Answer | Promise<Answer> = () => ({ status: 202 });
  return {
    taken,
    answers: (next: typeof answer) => {
      answer = next;
    },
    async request({ body, signal }: JsonRequest) {
      await Promise.resolve();
      signal.throwIfAborted();
      const answered = await answer(body);
      if (answered instanceof Error) throw answered;
      if (answered.status === 202) taken.push(body);
      return { status: answered.status, headers: {}, body: undefined };
    },
  };
}

const away = () => new ConnectionFailed(false, new Error('connect ECONNREFUSED'));

describe('while a destination is away', () => {
  const clock = { now: () => new Date() };
  let closers: (() => unknown)[] = [];
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-07-01T00:00:00Z'), doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(async () => {
    for (const close of closers) await close();
    closers = [];
    jest.useRealTimers();
  });
  const pass = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
  };

  /** `count` messages of `lines` lines on their way to a destination behind a guard. */
  function aDelivery(count: number, lines: number) {
    const destination = aDestination();
    const store = createMemoryOutboxStore();
    const written = Array.from({ length: count }, (_, index) => {
      const line = `line-${index % lines}`;
      return {
        id: `message-${index}`,
        topic: 't',
        orderingKey: line,
        payload: { line, index },
        createdAt: clock.now(),
      };
    });
    const write = () => {
      store.add(written);
    };
    const guard = createGuard({
      name: 'AP',
      policy: {
        timeoutMs: 3_000,
        bulkhead: { concurrent: 4, queue: 16, queueWaitMs: 1_000 },
        breaker: standardBreakerPolicy,
      },
      circuits: createCircuits(),
      clock,
    });
    const post = createPostDelivery({ http: destination, guard, target: 'The AP', path: '/results', receipt: 202 });
    const putOff = jest.fn<RelayEvents['putOff']>();
    const relay = createRelay({
      store,
      deliver: ({ payload }, signal) => post(payload, signal),
      clock,
      random: () => 0.5,
      events: { delivered: () => undefined, putOff, setAside: () => undefined, storeFailed: () => undefined },
      pollMs: 1_000,
      batchSize: 20,
    });
    closers.push(
      () => relay.stop(),
      () => {
        guard.dispose();
      },
    );
    return { destination, store, written, write, relay, putOff };
  }

  it.each([
    ['refuses connections', away],
    ['resets them', () => new ConnectionFailed(true, new Error('ECONNRESET'))],
    ['answers 503', () => ({ status: 503 })],
    ['is hidden behind a proxy that answers 502 with a page', () => new MalformedAnswer(502, 'not declared as JSON')],
  ])('for ten minutes and %s, 50 messages wait and then arrive in order, once each', async (_how, answer) => {
    const { destination, store, written, write, relay, putOff } = aDelivery(50, 10);
    destination.answers(answer);
    relay.start();
    write();
    await pass(600_000);
    expect(destination.taken).toEqual([]);
    expect(store.idsOf('pending')).toHaveLength(50);
    // It is asked now and then, not by every message each second.
    expect(putOff.mock.calls.length).toBeLessThan(50 * 10);

    destination.answers(() => ({ status: 202 }));
    await pass(36_000);
    expect(store.idsOf('delivered')).toEqual(written.map(({ id }) => id));
    expect(store.idsOf('set-aside')).toEqual([]);
    expect(destination.taken).toHaveLength(50);
    for (let line = 0; line < 10; line += 1) {
      const ofLine = (body: unknown) => JSON.stringify(body).includes(`"line-${line}"`);
      expect(destination.taken.filter(ofLine)).toEqual(written.map(({ payload }) => payload).filter(ofLine));
    }
    for (const [{ attempts }] of putOff.mock.calls) expect(attempts).toBe(0);
  });

  it('the messages of others go on when one message alone finds nobody', async () => {
    const { destination, store, write, relay, putOff } = aDelivery(30, 30);
    destination.answers((body) => (JSON.stringify(body).includes('"line-7"') ? away() : { status: 202 }));
    relay.start();
    write();
    await pass(10_000);
    expect(store.idsOf('delivered')).toHaveLength(29);
    expect(store.idsOf('pending')).toEqual(['message-7']);
    // Nothing of it reached the destination, so it is not to blame.
    expect(putOff.mock.calls.length).toBeGreaterThan(2);
    for (const [{ attempts }] of putOff.mock.calls) expect(attempts).toBe(0);
  });

  it('a message it refused before is tried as often as any other once it is back', async () => {
    const { destination, store, write, relay } = aDelivery(1, 1);
    relay.start();
    write();
    destination.answers(() => ({ status: 400 }));
    await pass(4_000);
    destination.answers(away);
    await pass(600_000);
    expect(store.idsOf('pending')).toHaveLength(1);
    destination.answers(() => ({ status: 400 }));
    await pass(600_000);
    expect(store.idsOf('set-aside')).toHaveLength(1);
  });

  it('a clock set back by an hour does not lengthen the wait', async () => {
    const { destination, store, write, relay } = aDelivery(5, 5);
    destination.answers(away);
    relay.start();
    write();
    await pass(60_000);
    jest.setSystemTime(Date.now() - 3_600_000);
    destination.answers(() => ({ status: 202 }));
    store.add([{ id: 'new', topic: 't', orderingKey: 'new', payload: {}, createdAt: clock.now() }]);
    await pass(36_000);
    expect(store.idsOf('delivered')).toEqual(['new']);
  });

  it.each([
    ['answers 502', 1],
    ['answers 502', 3],
    ['hangs', 1],
    ['hangs', 3],
  ] as const)(
    'others wait half a minute at most when it %s on messages of one kind alone (%i of them), which end set aside',
    async (how, count) => {
      const { destination, store, written, write, relay } = aDelivery(count * 2, count);
      const isPoison = (body: unknown) =>
        written.slice(0, count).some(({ payload }) => isDeepStrictEqual(payload, body));
      const fail = () => (how === 'hangs' ? new Promise<Answer>(() => undefined) : { status: 502 });
      destination.answers((body) => (isPoison(body) ? fail() : { status: 202 }));
      relay.start();
      write();
      await pass(600_000);
      expect(store.idsOf('pending')).toHaveLength(count * 2);

      for (let minute = 0; minute < 30; minute += 1) {
        store.add([
          { id: `new-${minute}`, topic: 't', orderingKey: 'new', payload: { minute }, createdAt: clock.now() },
        ]);
        await pass(36_000);
        expect(store.idsOf('delivered')).toContain(`new-${minute}`);
        await pass(24_000);
      }
      const ids = written.map(({ id }) => id);
      expect(store.idsOf('set-aside')).toEqual(ids.slice(0, count));
      expect(store.idsOf('delivered').slice(0, count)).toEqual(ids.slice(count));
    },
  );
});

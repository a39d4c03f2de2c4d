import { randomUUID } from 'node:crypto';
import { setTimeout as passTime } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startRedisProcess, type RedisProcess } from '../../../../tests/support/redis-process.ts';
import { connectRedis } from '../cache/index.ts';
import {
  createCircuits,
  createGuard,
  createRedisExchange,
  standardBreakerPolicy,
  UpstreamUnavailable,
} from './index.ts';
import type { CircuitChange } from './index.ts';

/** How soon all must agree. */
const WITHIN_MS = 1_000;
/** A circuit that is tried again soon enough for a test to wait. */
const policy = {
  timeoutMs: 500,
  bulkhead: { concurrent: 8, queue: 8, queueWaitMs: 300 },
  breaker: { ...standardBreakerPolicy, openMs: 1_500, halfOpenMaxMs: 1_000 },
};

/** One instance of a service, on connections of its own. */
function anInstance(url: string, prefix: string) {
  const redis = connectRedis({ url });
  const circuits = createCircuits(createRedisExchange({ redis, prefix }));
  const changes: CircuitChange[] = [];
  circuits.onChange((change) => changes.push(change));
  const guard = createGuard({ name: 'KOS', policy, circuits });
  const call = (work: () => Promise<string>) =>
    guard.call(work).catch((error: unknown) => {
      if (error instanceof UpstreamUnavailable) return error;
      throw error;
    });
  const succeed = () => call(() => Promise.resolve('answer'));
  return {
    redis,
    changes,
    state: () => guard.state(),
    call,
    succeed,
    leftMs: async () => {
      const refusal = await succeed();
      return refusal instanceof UpstreamUnavailable ? refusal.retryAfterMs : 0;
    },
    fail: async () => {
      for (let failures = 0; failures < 5; failures += 1) await call(() => Promise.reject(new Error('system failure')));
    },
    close() {
      guard.dispose();
      circuits.close();
      redis.disconnect();
    },
  };
}
type Instance = ReturnType<typeof anInstance>;

const lookEveryMs = 5;

/**
 * Waits until it is so and answers how long that took, in milliseconds, of which a standstill of this machine is one look;
 * rejects when it takes too long.
 */
async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<number> {
  const startedMs = performance.now();
  let looks = 0;
  while (!(await isSo())) {
    if (performance.now() - startedMs > withinMs) throw new Error(`not so after ${withinMs} ms: ${isSo.toString()}`);
    await passTime(lookEveryMs);
    looks += 1;
  }
  return looks * lookEveryMs;
}

let server: RedisProcess;
beforeAll(async () => {
  server = await startRedisProcess();
});
afterAll(async () => {
  await server.kill();
});

describe('Two instances over one Redis', () => {
  let prefix: string;
  let one: Instance;
  let other: Instance;
  beforeEach(async () => {
    prefix = `circuits-test:${randomUUID()}`;
    one = anInstance(server.url, prefix);
    other = anInstance(server.url, prefix);
    await until(() => one.redis.status === 'ready' && other.redis.status === 'ready');
    await until(async () => Number((await one.redis.pubsub('NUMSUB', `${prefix}:circuits`))[1]) === 2);
  });
  afterEach(() => {
    one.close();
    other.close();
  });

  it('one opens and the other refuses; its probe closes both, each within a second', async () => {
    await one.fail();
    expect(await until(() => other.state() === 'open')).toBeLessThan(WITHIN_MS);
    expect(await other.succeed()).toMatchObject({ reason: 'open', hasStarted: false });
    expect(other.changes).toEqual([{ circuit: 'KOS', state: 'open', learnedBy: 'elsewhere' }]);
    await until(() => one.state() === 'half-open' && other.state() === 'half-open');
    expect(await one.succeed()).toBe('answer');
    expect(await until(() => other.state() === 'closed')).toBeLessThan(WITHIN_MS);
    expect(other.changes.map(({ state, learnedBy }) => `${state} ${learnedBy}`)).toEqual([
      'open elsewhere',
      'half-open here',
      'closed elsewhere',
    ]);
  });

  it('make one probe between them', async () => {
    await one.fail();
    await until(() => other.state() === 'open');
    await until(() => one.state() === 'half-open' && other.state() === 'half-open');
    let answer: ((text: string) => void) | undefined;
    const probe = one.call(() => new Promise((resolve) => (answer = resolve)));
    await until(() => answer !== undefined);
    expect(await other.succeed()).toMatchObject({ reason: 'open', hasStarted: false });
    answer?.('late answer');
    expect(await probe).toBe('late answer');
    expect(await until(() => other.state() === 'closed')).toBeLessThan(WITHIN_MS);
  });

  it('tell an instance that comes later, for as long as is left', async () => {
    await one.fail();
    await until(() => other.state() === 'open');
    const leftMs = policy.breaker.openMs - 200;
    await until(async () => (await one.leftMs()) < leftMs);
    const late = anInstance(server.url, prefix);
    await until(() => late.state() === 'open');
    expect(await late.leftMs()).toBeLessThan(leftMs);
    late.close();
  });

  it('pay no attention to what nobody of them can have said', async () => {
    const channel = `${prefix}:circuits`;
    const open = { round: 7, state: 'open', leftMs: 60_000 };
    const nonsense = [
      'garbage',
      '{}',
      'null',
      JSON.stringify({ circuit: 'KOS', fact: { ...open, round: 1e300 } }),
      JSON.stringify({ circuit: 'KOS', fact: { ...open, state: 'ajar' } }),
      JSON.stringify({ circuit: 'KOS', fact: { ...open, leftMs: -1 } }),
      JSON.stringify({ circuit: 'another', fact: open }),
    ];
    for (const text of nonsense) await one.redis.publish(channel, text);
    await one.redis.set(`${prefix}:circuit:KOS`, 'garbage');
    await one.redis.publish(channel, JSON.stringify({ circuit: 'KOS', fact: open }));
    await until(() => one.state() === 'open' && other.state() === 'open');
    // Believed, but not for longer than by one's own verdict.
    await until(() => one.state() === 'half-open' && other.state() === 'half-open', policy.breaker.openMs + WITHIN_MS);
  });

  it('are not opened again by what was said before they closed', async () => {
    const channel = `${prefix}:circuits`;
    await one.fail();
    await until(() => other.state() === 'open');
    await until(() => one.state() === 'half-open');
    await one.succeed();
    await until(() => other.state() === 'closed');
    const say = (fact: object) => one.redis.publish(channel, JSON.stringify({ circuit: 'KOS', fact }));
    await say({ round: 1, state: 'open', leftMs: 0 });
    await say({ round: 2, state: 'open', leftMs: 0 });
    await say({ round: 3, state: 'open', leftMs: 1_500 });
    await until(() => other.state() === 'open');
    // Had the first or the second been believed, it would have been half-open in between.
    expect(other.changes.map(({ state }) => state)).toEqual(['open', 'half-open', 'closed', 'open']);
  });

  it.each([
    {
      trouble: 'is killed',
      begin: async () => {
        await server.kill();
        await until(() => one.redis.status !== 'ready' && other.redis.status !== 'ready');
      },
      end: () => server.start(),
    },
    {
      trouble: 'is frozen',
      begin: () => {
        server.freeze();
        return Promise.resolve();
      },
      end: () => {
        server.thaw();
        return Promise.resolve();
      },
    },
  ])('each go on alone while Redis $trouble, and agree again when it is back', async ({ begin, end }) => {
    await begin();
    const startedMs = performance.now();
    await one.fail();
    // had each call waited for Redis, it would have been half a second
    expect(performance.now() - startedMs).toBeLessThan(400);
    expect(one.state()).toBe('open');
    expect(await other.succeed()).toBe('answer');
    await until(() => one.state() === 'half-open');
    // Nobody says whose probe it is, so it is anybody's.
    expect(await one.succeed()).toBe('answer');
    await one.fail();
    await end();
    await until(() => one.redis.status === 'ready' && other.redis.status === 'ready');
    expect(await until(() => other.state() !== 'closed')).toBeLessThan(WITHIN_MS);
    await until(() => one.state() === 'half-open' && other.state() === 'half-open');
    expect(await one.succeed()).toBe('answer');
    await until(() => one.state() === 'closed' && other.state() === 'closed');
    await other.fail();
    expect(await until(() => one.state() === 'open')).toBeLessThan(WITHIN_MS);
  });
});

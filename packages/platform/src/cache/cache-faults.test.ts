import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';

import { openCache, openCacheAnyway, type OpenCache } from '../../../../tests/support/open-cache.ts';
import { startRedisProcess, type RedisProcess } from '../../../../tests/support/redis-process.ts';
import { createManualClock, type ManualClock } from '../testing/index.ts';
import { HOUR_MS } from '../time/index.ts';
import { aGate, eventually } from './eventually.ts';
import { connectRedis, type CacheOptions } from './index.ts';
import { createInvalidationBus } from './invalidation-bus.ts';

const COMMAND_TIMEOUT_MS = 100;
/** What a read may take while Redis is away: far above a read on a busy machine, far below a deadline for each of many. */
const BUDGET_MS = 4_000;

describe('A cache over a Redis that fails', () => {
  let server: RedisProcess;
  let clock: ManualClock;
  let shared: Omit<Parameters<typeof openCache>[1], 'prefix'> & { readonly prefix: string };
  const opened: OpenCache[] = [];
  let counter = 0;

  beforeEach(async () => {
    server = await startRedisProcess();
    clock = createManualClock('2026-09-01T12:00:00Z');
    shared = { clock, random: () => 0, prefix: `test:${randomUUID()}` };
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await server.kill();
  });

  function owned<Opened extends OpenCache>(one: Opened): Opened {
    opened.push(one);
    return one;
  }
  const open = async (wishes?: Partial<CacheOptions>) => owned(await openCache(server.url, { ...shared, ...wishes }));
  const openHasty = () => owned(openCacheAnyway(server.url, shared, { commandTimeoutMs: COMMAND_TIMEOUT_MS }));

  function aRead() {
    let version = 0;
    const load = jest.fn(() => Promise.resolve(++version));
    return {
      key: `bill:${++counter}`,
      rule: { freshMs: HOUR_MS, staleMs: HOUR_MS },
      decode: (raw: unknown) => z.number().parse(raw),
      load,
    };
  }

  const tells = async ({ told }: OpenCache, fact: OpenCache['told'][number], times = 1) => {
    await eventually(() => {
      expect(told.filter((each) => each === fact)).toHaveLength(times);
    });
  };
  async function cutOff(one: OpenCache): Promise<void> {
    one.redis.disconnect();
    await tells(one, 'sharedTierDown');
  }
  async function timed(work: () => Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  }

  it('starts without it, answers, and uses it from when it comes', async () => {
    await server.kill();
    const early = openHasty();
    const read = aRead();
    expect((await early.cache.getOrLoad(read)).source).toBe('UPSTREAM');
    expect((await early.cache.getOrLoad(read)).source).toBe('MEMORY');
    await tells(early, 'sharedTierDown');
    await server.start();
    await tells(early, 'sharedTierUp');

    const other = await open();
    const later = aRead();
    await early.cache.getOrLoad(later);
    expect((await other.cache.getOrLoad(later)).source).toBe('SHARED');
  });

  it('goes on when it is killed, says so once, and takes it up again', async () => {
    const instance = await open();
    const known = aRead();
    await instance.cache.getOrLoad(known);
    await server.kill();
    for (const read of [aRead(), aRead(), aRead()])
      expect((await instance.cache.getOrLoad(read)).source).toBe('UPSTREAM');
    expect((await instance.cache.getOrLoad(known)).source).toBe('MEMORY');
    await tells(instance, 'sharedTierDown');
    await server.start();
    await tells(instance, 'sharedTierUp', 2);
    await tells(instance, 'memoryFlushed', 2);
    expect((await instance.cache.getOrLoad(known)).value).toBe(2);
    expect(instance.told.filter((fact) => fact === 'sharedTierDown')).toHaveLength(1);
  });

  it('pays one deadline when it freezes, not one per read, and takes it up again when it thaws', async () => {
    const instance = openHasty();
    await tells(instance, 'sharedTierUp');
    await tells(instance, 'memoryFlushed');
    server.freeze();
    expect(await timed(() => instance.cache.getOrLoad(aRead()))).toBeLessThan(BUDGET_MS);
    await tells(instance, 'sharedTierDown');
    const reads = Array.from({ length: 100 }, aRead);
    const spentMs = await timed(async () => {
      for (const read of reads) await instance.cache.getOrLoad(read);
      await instance.cache.invalidate('bill:any');
    });
    expect(spentMs).toBeLessThan(BUDGET_MS);
    server.thaw();
    await tells(instance, 'sharedTierUp', 2);
  });

  it('finds out that nobody speaks to it any more, and listens anew', async () => {
    const redis = connectRedis({ url: server.url });
    const duplicate = jest.spyOn(redis, 'duplicate');
    const onListening = jest.fn();
    const channel = 'test:invalidated';
    const bus = createInvalidationBus({
      redis,
      channel,
      instanceId: 'a',
      heartbeatMs: 50,
      onInvalidated: jest.fn(),
      onListening,
    });
    const [ears] = duplicate.mock.results;
    await eventually(() => {
      expect(onListening).toHaveBeenCalledTimes(1);
    });
    server.freeze();
    await eventually(() => {
      expect(ears?.value).toMatchObject({ status: expect.not.stringMatching('ready') });
    });
    server.thaw();
    await eventually(() => {
      expect(onListening).toHaveBeenCalledTimes(2);
    });
    bus.close();
    redis.disconnect();
  });

  it('keeps answering when Redis has no room to write, and still forgets', async () => {
    const [first, last] = [await open(), await open()];
    const known = aRead();
    await first.cache.getOrLoad(known);
    await first.redis.config('SET', 'maxmemory', '1');
    expect((await last.cache.getOrLoad(known)).source).toBe('SHARED');
    const cold = aRead();
    expect((await first.cache.getOrLoad(cold)).source).toBe('UPSTREAM');
    await tells(first, 'sharedWriteRefused');
    expect(first.told).not.toContain('sharedTierDown');

    await first.cache.invalidate(known.key);
    await eventually(async () => {
      expect((await last.cache.getOrLoad(known)).value).toBe(2);
    });
  });

  it('pays for a Redis that lost everything with loads alone', async () => {
    const [first, last] = [await open(), await open()];
    const read = aRead();
    await first.cache.getOrLoad(read);
    await first.redis.flushall();
    expect((await first.cache.getOrLoad(read)).source).toBe('MEMORY');
    expect((await last.cache.getOrLoad(read)).source).toBe('UPSTREAM');
    expect(read.load).toHaveBeenCalledTimes(2);
  });

  it('does not let a late load back in because Redis lost the mark that kept it out', async () => {
    const [first, last] = [await open(), await open()];
    const read = aRead();
    const [begun, change] = [aGate(), aGate()];
    read.load.mockImplementationOnce(async () => {
      begun.open();
      await change.opened;
      return 0;
    });
    const late = last.cache.getOrLoad(read);
    await begun.opened;
    await first.cache.invalidate(read.key);
    await first.redis.flushall();
    change.open();
    expect((await late).value).toBe(0);
    expect((await first.cache.getOrLoad(read)).value).toBe(1);
  });

  it('delivers an invalidation that Redis missed as soon as it can', async () => {
    const [cut, other] = [await open(), await open()];
    const read = aRead();
    await other.cache.getOrLoad(read);
    await cut.cache.getOrLoad(read);
    await cutOff(cut);
    await cut.cache.invalidate(read.key);
    expect((await cut.cache.getOrLoad(read)).value).toBe(2);
    expect((await other.cache.getOrLoad(read)).value).toBe(1);

    await cut.redis.connect();
    await eventually(async () => {
      expect((await other.cache.getOrLoad(read)).value).toBe(3);
    });
  });

  it('does not believe what Redis says before it heard of an invalidation', async () => {
    const read = aRead();
    const readsAtReturn: (() => Promise<unknown>)[] = [];
    const answers: unknown[] = [];
    const sharedTierUp = () => {
      for (const readNow of readsAtReturn) answers.push(readNow());
    };
    const [cut, other] = [await open({ events: { sharedTierUp } }), await open()];
    await other.cache.getOrLoad(read);
    await cutOff(cut);
    await cut.cache.invalidate(read.key);
    readsAtReturn.push(() => cut.cache.getOrLoad(read));
    await cut.redis.connect();
    await tells(cut, 'sharedTierUp', 2);
    expect(await Promise.all(answers)).toMatchObject([{ value: 2 }]);
  });

  it('does not keep what Redis said before an invalidation', async () => {
    const [first, last] = [await open(), await open()];
    const read = aRead();
    await first.cache.getOrLoad(read);
    server.freeze();
    const early = last.cache.getOrLoad(read);
    const invalidation = last.cache.invalidate(read.key);
    server.thaw();
    expect((await early).value).toBe(1);
    await invalidation;
    expect((await last.cache.getOrLoad(read)).value).toBe(2);
  });

  it('falls back on the newer of two stale answers', async () => {
    const cut = await open();
    const read = aRead();
    await cut.cache.getOrLoad(read);
    await cutOff(cut);
    clock.advance(HOUR_MS);
    expect((await cut.cache.getOrLoad(read)).value).toBe(2);
    await cut.redis.connect();
    await tells(cut, 'sharedTierUp', 2);
    clock.advance(HOUR_MS);
    read.load.mockRejectedValue(new Error('KOS is away'));
    expect(await cut.cache.getOrLoad(read)).toMatchObject({ value: 2, isStale: true, source: 'MEMORY' });
  });

  it('lets go of its memory when it may have missed an invalidation', async () => {
    const [first, deaf] = [await open(), await open()];
    const read = aRead();
    await deaf.cache.getOrLoad(read);
    await first.redis.client('KILL', 'TYPE', 'PUBSUB');
    await first.cache.invalidate(read.key);
    await tells(deaf, 'memoryFlushed', 2);
    expect((await deaf.cache.getOrLoad(read)).value).toBe(2);
  });

  it('does not keep a load during which it may have missed an invalidation', async () => {
    const [first, deaf] = [await open(), await open()];
    const read = aRead();
    const [begun, change] = [aGate(), aGate()];
    read.load.mockImplementationOnce(async () => {
      begun.open();
      await change.opened;
      return 0;
    });
    const late = deaf.cache.getOrLoad(read);
    await begun.opened;
    await first.redis.client('KILL', 'TYPE', 'PUBSUB');
    await first.cache.invalidate(read.key);
    await tells(deaf, 'memoryFlushed', 2);
    change.open();
    expect((await late).value).toBe(0);
    expect((await deaf.cache.getOrLoad(read)).value).toBe(1);
  });
});

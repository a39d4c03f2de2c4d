import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';

import { openCache, type OpenCache } from '../../../../tests/support/open-cache.ts';
import { sharedRedisUrl } from '../../../../tests/support/redis-process.ts';
import { createFieldCipher } from '../encryption/index.ts';
import { createManualClock } from '../testing/index.ts';
import { HOUR_MS } from '../time/index.ts';
import { describeCacheContract } from './cache-contract.ts';
import { eventually } from './eventually.ts';
import { createDebts } from './debts.ts';
import { createCache, type CacheEvents } from './index.ts';

const keyRing = { activeKeyId: 'k1', keys: { k1: randomBytes(32) } };
const setting = { clock: createManualClock('2026-09-01T12:00:00Z'), random: () => 0 };
const rule = { freshMs: HOUR_MS, staleMs: HOUR_MS };
const ownerSchema = z.object({ owner: z.string() });
const decode = (raw: unknown) => ownerSchema.parse(raw);

const aRead = (owner: string) => ({
  key: `bill:${owner}`,
  tags: [`line:${owner}`],
  rule,
  decode,
  load: jest.fn((_signal: AbortSignal) => Promise.resolve({ owner })),
});

describeCacheContract('in one process alone', (surroundings) => {
  const cache = createCache({ ...surroundings, prefix: 'test', memory: { maxEntries: 1_000 } });
  return Promise.resolve({ first: cache, last: cache, close: () => cache.close() });
});

describeCacheContract('over Redis', async (surroundings) => {
  const opened = await openCache(sharedRedisUrl(), surroundings);
  return { first: opened.cache, last: opened.cache, close: () => opened.close() };
});

describeCacheContract('of two instances over one Redis, sealed', async (surroundings) => {
  const wishes = { ...surroundings, prefix: `test:${randomUUID()}`, cipher: createFieldCipher(keyRing) };
  const first = await openCache(sharedRedisUrl(), wishes);
  const last = await openCache(sharedRedisUrl(), wishes);
  return {
    first: first.cache,
    last: last.cache,
    async close() {
      await first.close();
      await last.close();
    },
  };
});

describe('A cache in one process', () => {
  it('keeps no more entries than it may, and lets the least recently used go', async () => {
    const cache = createCache({ ...setting, prefix: 'test', memory: { maxEntries: 2 } });
    const [one, two, three] = [aRead('one'), aRead('two'), aRead('three')];
    for (const read of [one, two, one, three, one, two]) await cache.getOrLoad(read);
    expect(one.load).toHaveBeenCalledTimes(1);
    expect(two.load).toHaveBeenCalledTimes(2);
  });

  it('aborts the loads in flight when it closes', async () => {
    const cache = createCache({ ...setting, prefix: 'test', memory: { maxEntries: 2 } });
    const read = aRead('one');
    read.load.mockImplementation(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('gave up'));
          });
        }),
    );
    const answer = cache.getOrLoad(read);
    await eventually(() => {
      expect(read.load).toHaveBeenCalled();
    });
    await cache.close();
    await expect(answer).rejects.toThrow('gave up');
  });

  it('takes an entry of a clock that ran ahead for a new one', async () => {
    const clock = createManualClock('2026-09-01T12:00:00Z');
    const cache = createCache({ ...setting, clock, prefix: 'test', memory: { maxEntries: 2 } });
    const read = aRead('one');
    await cache.getOrLoad(read);
    clock.advance(-5 * HOUR_MS);
    expect(await cache.getOrLoad(read)).toMatchObject({ isStale: false, source: 'MEMORY' });
  });

  it('tells what became of every read', async () => {
    const told: unknown[] = [];
    const events: Partial<CacheEvents> = {
      hit: (fact) => told.push(['hit', fact]),
      miss: (fact) => told.push(['miss', fact]),
      stale: (fact) => told.push(['stale', fact]),
      loadFailed: (fact) => told.push(['loadFailed', fact]),
    };
    const clock = createManualClock('2026-09-01T12:00:00Z');
    const cache = createCache({ ...setting, clock, events, prefix: 'test', memory: { maxEntries: 2 } });
    const read = aRead('one');
    const error = new Error('KOS is away');
    await cache.getOrLoad(read);
    await cache.getOrLoad(read);
    clock.advance(rule.freshMs);
    read.load.mockRejectedValue(error);
    await cache.getOrLoad(read);
    const { key } = read;
    expect(told).toEqual([
      ['miss', { key }],
      ['hit', { key, source: 'MEMORY' }],
      ['loadFailed', { key, error }],
      ['stale', { key, source: 'MEMORY' }],
    ]);
  });
});

describe('What a cache keeps in Redis', () => {
  const opened: OpenCache[] = [];
  const prefix = () => `test:${randomUUID()}`;
  async function open(wishes: Partial<Parameters<typeof openCache>[1]>): Promise<OpenCache> {
    const one = await openCache(sharedRedisUrl(), { ...setting, ...wishes });
    opened.push(one);
    return one;
  }
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  it('is answered by an instance that never loaded, and says so', async () => {
    const shared = { prefix: prefix() };
    const [first, second] = [await open(shared), await open(shared)];
    const read = aRead('one');
    await first.cache.getOrLoad(read);
    expect((await second.cache.getOrLoad(read)).source).toBe('SHARED');
    expect((await second.cache.getOrLoad(read)).source).toBe('MEMORY');
  });

  it('runs out by itself', async () => {
    const shared = { prefix: prefix() };
    const { cache, redis } = await open(shared);
    const read = aRead('one');
    await cache.getOrLoad(read);
    const lives = await Promise.all((await redis.keys(`${shared.prefix}:*`)).map((key) => redis.pttl(key)));
    expect(lives).not.toEqual([]);
    expect(lives.every((life) => life > 0)).toBe(true);
    const life = await redis.pttl(`${shared.prefix}:value:${read.key}`);
    expect(life).toBeLessThanOrEqual(rule.freshMs + rule.staleMs);
  });

  it.each(['garbage', '{"entry":{"key":"bill:one"}}', 'null', '\0\ud7ff'])(
    'counts as nothing when it reads %j',
    async (garbage) => {
      const shared = { prefix: prefix() };
      const [first, second] = [await open(shared), await open(shared)];
      const read = aRead('one');
      await first.cache.getOrLoad(read);
      await first.redis.set(`${shared.prefix}:value:${read.key}`, garbage);
      expect((await second.cache.getOrLoad(read)).source).toBe('UPSTREAM');
      expect(second.told).toContain('sharedEntryIgnored');
    },
  );

  it('counts as nothing when the value has another shape than the reader expects', async () => {
    const shared = { prefix: prefix() };
    const [first, second] = [await open(shared), await open(shared)];
    const read = aRead('one');
    await first.cache.getOrLoad({ ...read, decode: (raw: unknown) => raw, load: () => Promise.resolve({ amount: 1 }) });
    expect((await second.cache.getOrLoad(read)).value).toEqual({ owner: 'one' });
    expect(second.told).toContain('sharedEntryIgnored');
  });

  it.each([
    ['plain', undefined],
    ['sealed', createFieldCipher(keyRing)],
  ])('is no answer to another key, %s', async (_, cipher) => {
    const shared = { prefix: prefix(), cipher };
    const [first, second] = [await open(shared), await open(shared)];
    const [mine, yours] = [aRead('me'), aRead('you')];
    await first.cache.getOrLoad(mine);
    await first.cache.getOrLoad(yours);
    await first.redis.copy(`${shared.prefix}:value:${yours.key}`, `${shared.prefix}:value:${mine.key}`, 'REPLACE');
    expect(await second.cache.getOrLoad(mine)).toMatchObject({ value: { owner: 'me' }, source: 'UPSTREAM' });
    expect(second.told).toContain('sharedEntryIgnored');
  });

  it('cannot be read there when it is sealed', async () => {
    const shared = { prefix: prefix(), cipher: createFieldCipher(keyRing) };
    const { cache, redis } = await open(shared);
    const read = { ...aRead('one'), load: () => Promise.resolve({ owner: '홍카나리아' }) };
    await cache.getOrLoad(read);
    const text = await redis.get(`${shared.prefix}:value:${read.key}`);
    expect(text).toMatch(/^v1\.k1\./);
    expect(Buffer.from(text?.split('.')[2] ?? '', 'base64url').toString('utf8')).not.toContain('홍카나리아');
  });

  it('survives nonsense on the channel of invalidations', async () => {
    const shared = { prefix: prefix() };
    const [first, second] = [await open(shared), await open(shared)];
    const read = aRead('one');
    await second.cache.getOrLoad(read);
    for (const nonsense of ['nonsense', '{}', '{"from":1,"names":[]}'])
      await first.redis.publish(`${shared.prefix}:invalidated`, nonsense);
    expect((await second.cache.getOrLoad(read)).source).toBe('MEMORY');
    await first.cache.invalidate(read.key);
    await eventually(async () => {
      await second.cache.getOrLoad(read);
      expect(read.load).toHaveBeenCalledTimes(2);
    });
  });
});

describe('An owed invalidation', () => {
  it('stays owed when paying fails, and when it is owed again while being paid', async () => {
    const debts = createDebts();
    debts.owe(['key:a', 'key:b']);
    await expect(debts.settle(() => Promise.reject(new Error('Redis is away')))).rejects.toThrow('Redis is away');
    expect(debts.isOwed(['key:a'])).toBe(true);
    await debts.settle((names) => {
      expect(names).toEqual(['key:a', 'key:b']);
      debts.owe(['key:a']);
      return Promise.resolve();
    });
    expect(debts.isOwed(['key:a'])).toBe(true);
    expect(debts.isOwed(['key:b'])).toBe(false);
  });
});

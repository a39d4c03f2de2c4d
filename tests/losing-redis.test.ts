import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingGraph, firstCustomer, secondCustomer } from '@supergraph/billing/testing/a-billing-graph';
import { menu } from '@supergraph/billing/testing/operations';
import { connectRedis } from '@supergraph/platform/cache';
import { aProductGraph, sampler, tester } from '@supergraph/product/testing/a-product-graph';
import { readLine } from '@supergraph/product/testing/asking';

import { startRedisProcess, type RedisProcess } from './support/redis-process.ts';

/** A service that was asked for everything once, over a Redis of the test's own. */
interface Asked {
  /** Asks again for everything and answers what was told, but for where it came from. */
  readonly look: () => Promise<unknown>;
  readonly kosCalls: () => number;
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function billing(redisUrl: string): Promise<Asked> {
  const graph = await aBillingGraph({ settings: { REDIS_URL: redisUrl } });
  const customers = [
    { viewer: firstCustomer, line: graph.lineOf('01012345678') },
    { viewer: secondCustomer, line: graph.lineOf('01087654321') },
  ];
  return {
    async look() {
      const seen: unknown[] = [];
      for (const { viewer, line } of customers) {
        seen.push((await graph.ask(menu, {}, { viewer })).data);
        for (const month of ['2026-09', '2026-08']) {
          const bill = await graph.bill(line, { month, as: { viewer } });
          expect(bill).toMatchObject({ __typename: 'CustomerBill', billingMonth: month, freshness: { stale: false } });
          seen.push({ ...Object(bill), freshness: null });
        }
      }
      return seen;
    },
    kosCalls: () => graph.kos.calls().length,
    restart: () => graph.restart(),
    close: () => graph.close(),
  };
}

async function product(redisUrl: string): Promise<Asked> {
  const graph = await aProductGraph({ environment: { REDIS_URL: redisUrl } });
  const plan = 'currentProduct { productCode version freshness { stale } }';
  return {
    look: async () => [
      await readLine(graph, graph.lineIdOf('01012345678'), plan, { viewer: tester }),
      await readLine(graph, graph.lineIdOf('01087654321'), plan, { viewer: sampler }),
      await graph.ask('{ productOfferings(first: 100) { totalCount edges { node { id } } freshness { stale } } }'),
    ],
    kosCalls: () => graph.kos.callCount().total,
    restart: () => graph.restart(),
    close: () => graph.close(),
  };
}

describe.each([
  { service: 'billing', open: billing },
  { service: 'product', open: product },
])('Losing Redis under $service', ({ open }) => {
  let redis: RedisProcess;
  let asked: Asked;
  beforeAll(async () => {
    redis = await startRedisProcess();
  });
  afterEach(() => asked.close());
  afterAll(() => redis.kill());

  it('costs KOS no call, whatever was in it, since the last good answers are in the database', async () => {
    asked = await open(redis.url);
    const known = await asked.look();
    const before = asked.kosCalls();

    const client = connectRedis({ url: redis.url, commandTimeoutMs: 5_000 });
    await once(client, 'ready');
    await client.flushall();
    client.disconnect();
    expect(await asked.look()).toEqual(known);
    await asked.restart();
    expect(await asked.look()).toEqual(known);

    await redis.kill();
    expect(await asked.look()).toEqual(known);
    await asked.restart();
    expect(await asked.look()).toEqual(known);

    await redis.start();
    expect(await asked.look()).toEqual(known);
    expect(asked.kosCalls()).toBe(before);
  });
});

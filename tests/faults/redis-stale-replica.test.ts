import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startRedisProcess, type RedisProcess } from '../support/redis-process.ts';
import { aStack, type Stack } from './kit/a-stack.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { sharedAnswers, withRedis } from './kit/with-redis.ts';

const portOf = ({ url }: RedisProcess): number => Number(new URL(url).port);

describe('Redis fails over to a replica that has missed the latest changes', () => {
  let stack: Stack;
  let replica: RedisProcess;

  beforeAll(async () => {
    [stack, replica] = await Promise.all([aStack(), startRedisProcess()]);
  });
  afterAll(async () => {
    await stack.close();
    await replica.kill();
  });

  it('shows nobody the plan of before a change, though the replica still has it', async () => {
    const client = await stack.client();
    await client.readBill();
    expect((await client.readProduct()).data).toMatchObject({ version: 1 });
    await withRedis(replica, async (redis) => await redis.replicaof('127.0.0.1', portOf(stack.redis)));
    await eventually(async () => (await sharedAnswers(replica)) === (await sharedAnswers(stack.redis)));
    await withRedis(replica, async (redis) => await redis.replicaof('NO', 'ONE'));
    const before = await sharedAnswers(replica);

    expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    const seen = await client.readProduct();
    await stack.redis.kill();
    stack.ways.redis.redirect(portOf(replica));
    // Without what they had in memory, services go by what they share.
    for (const name of ['billing', 'product'] as const) {
      await stack.services[name].terminate();
      await stack.services[name].start();
    }
    expect(before).toBeGreaterThan(0);
    const { data } = await client.readProduct();
    expect(data).toMatchObject({ version: 2, productCode: seen.data?.['productCode'] });
    await client.readBill();
    const recoverySeconds = await recovery(async () => {
      await client.readProduct();
      return (await sharedAnswers(replica)) > before;
    });
    reportFault({
      fault: 'F6 Redis fails over to a stale replica',
      userSees: 'nothing; never the plan of before a change',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});

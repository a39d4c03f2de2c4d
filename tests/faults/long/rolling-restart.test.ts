import { findFreePort } from '@supergraph/database/processes/free-port';
import { aBalancer, type Balancer } from '@supergraph/gateway/testing/balancer';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLifecycle } from '@supergraph/platform/server';

import { aStack } from '../kit/a-stack.ts';
import { createClient, type Client } from '../kit/client.ts';
import { generousKos, generousSettings } from '../kit/generous-kos.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import { serviceProcess, type Service, type ServiceName } from '../kit/services.ts';
import type { Stack } from '../kit/stack.ts';

const longestStopMs = 15_000;

/** Two instances of each service, behind a balancer that follows /readyz. */
interface Fleet {
  readonly instances: readonly { readonly service: Service; readonly balancer: Balancer }[];
  readonly gatewayUrl: string;
}

async function aFleet(stack: Stack, life: ReturnType<typeof createLifecycle>): Promise<Fleet> {
  const instances: { service: Service; balancer: Balancer }[] = [];
  async function addTwo(name: ServiceName, environment: Readonly<Record<string, string>>): Promise<Balancer> {
    const balancer = life.own(await aBalancer(), (open) => open.close());
    for (let nth = 0; nth < 2; nth += 1) {
      const port = await findFreePort();
      const own = { ...environment, LOG_LEVEL: 'info', [`${name.toUpperCase()}_PORT`]: String(port) };
      const service = life.own(serviceProcess({ name, port, environment: own }), (running) => running.kill());
      await service.start();
      balancer.addTarget(service.url);
      instances.push({ service, balancer });
    }
    return balancer;
  }
  const urls: Record<string, string> = {};
  for (const name of ['auth', 'billing', 'product'] as const) {
    const { url } = await addTwo(name, stack.environment);
    urls[`SUBGRAPH_${name.toUpperCase()}_URL`] = `${url}/graphql`;
  }
  const { url } = await addTwo('gateway', { ...stack.environment, ...urls });
  return { instances, gatewayUrl: url };
}

describe('every service is restarted, one instance after another, while customers read and change plans', () => {
  const life = createLifecycle();
  let stack: Stack;
  let fleet: Fleet;
  beforeAll(async () => {
    const settings = { ...generousSettings, INSTANCES: '2', DRAIN_DELAY_MS: '1500' };
    stack = life.own(await aStack({ ...generousKos, customers: 4, settings }), (open) => open.close());
    fleet = await aFleet(stack, life);
  }, 180_000);
  afterAll(() => life.close());

  it('fails no request, and stops each within 15 s', async () => {
    const clients: Client[] = [];
    const { gatewayUrl } = fleet;
    await recovery(() => Promise.resolve(fleet.instances.every(({ balancer }) => balancer.ready() === 2)));
    for (const customer of stack.customers) {
      const client = createClient({ gatewayUrl, customer, history: stack.history });
      expect(await client.logIn()).toMatchObject({ kind: 'answered' });
      clients.push(client);
    }
    const [reader, ...orderers] = clients;
    if (reader === undefined) throw new Error('nobody reads');

    const load = startLoad({
      perSecond: 50,
      forMs: 240_000,
      ask: (nth) => (nth % 2 === 0 ? reader.readBill() : reader.readProduct()),
    });
    for (const [nth, { service, balancer }] of fleet.instances.entries()) {
      const change = orderers[nth % orderers.length]?.changePlanUntilSettled();
      expect(await service.terminate()).toBeLessThan(longestStopMs);
      await service.start();
      await recovery(() => Promise.resolve(balancer.ready() === 2));
      expect((await change)?.data).toMatchObject({ state: 'COMPLETED' });
    }
    const report = await load.stop();
    expect(report.codes).toEqual({});
    expect(report).toMatchObject({ failed: 0, unclear: 0 });

    const findings = await stack.check();
    reportFault({
      fault: `F32 rolling restart of ${fleet.instances.length} instances, F42 SIGTERM`,
      userSees: `nothing (p99 ${report.p99} ms)`,
      ...findings,
      recoverySeconds: null,
    });
  }, 300_000);
});

import { expect, it } from '@jest/globals';
import { HOUR_MS, SECOND_MS } from '@supergraph/platform/time';

import { aGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph } from '../testing/fake-subgraph.ts';

it('Health is found out once a second however often it is asked for, and at once when the clock was set back', async () => {
  const billing = await aFakeSubgraph((response) => response.end());
  const g = await aGateway({ billing: billing.url });
  const healthAfter = async (ms: number) => {
    g.clock.advance(ms);
    await (await fetch(`${g.url}/health`)).text();
    return billing.heard.filter(({ path }) => path === '/livez').length;
  };
  expect([await healthAfter(0), await healthAfter(SECOND_MS - 1), await healthAfter(1)]).toEqual([1, 1, 2]);
  expect(await healthAfter(-HOUR_MS)).toBe(3);
  await g.close();
  await billing.close();
});

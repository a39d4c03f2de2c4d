import { connectTo } from '@supergraph/gateway/subgraphs/connection';
import { aGateway } from '@supergraph/gateway/testing/a-gateway';
import { authOfOneCustomer, everything } from '@supergraph/gateway/testing/one-customer';

import { aViewer } from '../remote-questions.ts';
import { gaveUp, goesOn, http, type Adapter } from './adapter.ts';

export const subgraphs: Adapter = {
  name: 'the gateway to its subgraphs',
  places: ['gateway/src/subgraphs/connection.ts undici', 'gateway/src/subgraphs/connect-subgraphs.ts connectTo'],
  addresses: ['gateway SUBGRAPH_*_URL'],
  attempts: [
    {
      name: 'an exchange with a subgraph',
      withinMs: 300,
      async attempt(port) {
        const connection = connectTo(http(port), { maxConnections: 1, maxAnswerBytes: 1_024 });
        const signal = AbortSignal.timeout(300);
        const tookMs = await gaveUp(() => connection.exchange({ method: 'GET', path: '/livez', signal }));
        await connection.close();
        return tookMs;
      },
    },
    {
      name: 'a fetch of the gateway (SUBGRAPH_TIMEOUT_MS)',
      withinMs: 500,
      attempt: (port) =>
        throughGateway({ auth: authOfOneCustomer(), product: `${http(port)}/graphql` }, 'SERVICE_UNAVAILABLE'),
    },
    {
      name: 'the keys that the gateway asks of auth',
      withinMs: 3_500,
      attempt: (port) => throughGateway({ auth: `${http(port)}/graphql` }, 'AUTH_STATE_UNAVAILABLE'),
    },
  ],
};

async function throughGateway(subgraphsOf: Parameters<typeof aGateway>[0], code: string): Promise<number> {
  const gateway = await aGateway(subgraphsOf, { SUBGRAPH_TIMEOUT_MS: '500', DRAIN_DELAY_MS: '0' });
  const ask = () => gateway.ask(everything, { as: aViewer });
  const tookMs = await goesOn(ask, ({ text }) => text.includes(code));
  await gateway.close();
  return tookMs;
}

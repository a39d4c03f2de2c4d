import { apPolicy } from '@supergraph/billing/mvno-ap/push-result';
import { createJsonClient } from '@supergraph/platform/http';
import { createPostDelivery } from '@supergraph/platform/outbox';
import { createCircuits, createGuard } from '@supergraph/platform/resilience';
import { systemClock } from '@supergraph/platform/time';
import { openMvnoAp } from '@supergraph/product/mvno-ap/open-mvno-ap';

import { aMessage } from '../remote-questions.ts';
import { gaveUp, http, never, type Adapter } from './adapter.ts';

export const mvnoAp: Adapter = {
  name: 'the MVNO AP server',
  places: [
    'subgraphs/billing/src/compose.ts createJsonClient',
    'subgraphs/product/src/mvno-ap/open-mvno-ap.ts createJsonClient',
  ],
  addresses: ['billing MVNO_AP_URL', 'product MVNO_AP_URL'],
  attempts: [
    {
      name: 'a result of billing',
      withinMs: apPolicy.timeoutMs,
      async attempt(port) {
        const guard = createGuard({ name: 'mvno-ap', policy: apPolicy });
        const client = createJsonClient({ origin: http(port) });
        const deliver = createPostDelivery({ http: client, guard, target: 'test', path: '/results', receipt: 202 });
        const tookMs = await gaveUp(() => deliver({}, never));
        guard.dispose();
        await client.close();
        return tookMs;
      },
    },
    {
      name: 'a result of product',
      withinMs: 3_000,
      async attempt(port) {
        const ap = openMvnoAp({ url: http(port), circuits: createCircuits(), clock: systemClock });
        const tookMs = await gaveUp(() => ap.tell(aMessage(), never));
        await ap.close();
        return tookMs;
      },
    },
  ],
};

import { httpOrigin } from '@supergraph/gateway/engine/supergraph-origin';

import { gaveUp, http, type Adapter } from './adapter.ts';

export const supergraph: Adapter = {
  name: 'the gateway to where its supergraph comes from',
  places: ['gateway/src/engine/supergraph-origin.ts fetch'],
  addresses: ['gateway SUPERGRAPH_URL'],
  attempts: [
    {
      name: 'a look for a new supergraph',
      withinMs: 5_000,
      attempt: (port) => gaveUp(() => httpOrigin(`${http(port)}/supergraph`).read()),
    },
  ],
};

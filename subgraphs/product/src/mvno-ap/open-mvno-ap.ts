import { createJsonClient } from '@supergraph/platform/http';
import type { OutboxMessage } from '@supergraph/platform/outbox';
import { createGuard, standardBreakerPolicy, type Circuits } from '@supergraph/platform/resilience';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import { createTellMvnoAp } from './tell-mvno-ap.ts';

/** The MVNO AP server with everything that stands between it and us. */
export interface OpenMvnoAp {
  readonly tell: (message: OutboxMessage, giveUp: AbortSignal) => Promise<void>;
  close(): Promise<void>;
}

export function openMvnoAp(options: {
  readonly url: string;
  readonly circuits: Circuits;
  readonly clock: Clock;
}): OpenMvnoAp {
  const http = createJsonClient({ origin: options.url });
  const guard = createGuard({
    name: 'mvno-ap',
    policy: {
      timeoutMs: 3 * SECOND_MS,
      bulkhead: { concurrent: 4, queue: 16, queueWaitMs: SECOND_MS },
      breaker: standardBreakerPolicy,
    },
    circuits: options.circuits,
    clock: options.clock,
  });
  return {
    tell: createTellMvnoAp({ http, guard }),
    async close() {
      guard.dispose();
      await http.close();
    },
  };
}

import { createJsonClient } from '@supergraph/platform/http';
import {
  createGuard,
  createRestingQuota,
  createRestingSubjects,
  type Circuits,
  type Guard,
  type Quota,
} from '@supergraph/platform/resilience';
import type { Clock } from '@supergraph/platform/time';

import { createAskKos, type KosEvents } from './guarded-calls.ts';
import { createKosClient } from './kos-client.ts';
import { kosPolicies, restPolicy, subjectPolicies, type KosGroup, type KosTimeouts } from './kos-policy.ts';
import { createKos, type Kos } from './kos.ts';

/** KOS with everything that stands between it and us. */
export interface OpenKos extends Kos {
  close(): Promise<void>;
}

export function openKos(options: {
  readonly url: string;
  readonly timeouts: KosTimeouts;
  readonly quota: Quota;
  readonly circuits?: Circuits;
  readonly events: KosEvents;
  readonly clock: Clock;
}): OpenKos {
  const { url, timeouts, circuits, events, clock } = options;
  const quota = createRestingQuota(options.quota, { ...restPolicy, clock });
  const policies = kosPolicies(timeouts);
  const guard = (name: KosGroup): Guard => createGuard({ name, policy: policies[name], quota, circuits, clock });
  const guards = {
    'kos-line': guard('kos-line'),
    'kos-catalogue': guard('kos-catalogue'),
    'kos-change': guard('kos-change'),
    'kos-change-status': guard('kos-change-status'),
  };
  const http = createJsonClient({ origin: url });
  const subjects = {
    shown: createRestingSubjects({ ...subjectPolicies.shown, clock }),
    needed: createRestingSubjects({ ...subjectPolicies.needed, clock }),
  };
  const kos = createKos(createAskKos({ client: createKosClient(http), guards, subjects, quota, clock, events }));
  return {
    ...kos,
    async close() {
      for (const each of Object.values(guards)) each.dispose();
      await http.close();
    },
  };
}

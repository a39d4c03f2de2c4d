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

import type { Kos } from '../domain/ports.ts';
import { kosPolicies, restPolicy, subjectPolicies, type KosGroup } from './kos-policy.ts';
import { createKos, type KosEvents } from './kos.ts';

/** KOS with everything that stands between it and us. */
export interface OpenKos extends Kos {
  close(): Promise<void>;
}

export function openKos(options: {
  readonly url: string;
  readonly timeoutMs: number;
  readonly quota: Quota;
  readonly circuits?: Circuits;
  readonly events: KosEvents;
  readonly clock: Clock;
}): OpenKos {
  const { url, timeoutMs, circuits, events, clock } = options;
  const quota = createRestingQuota(options.quota, { ...restPolicy, clock });
  const policies = kosPolicies(timeoutMs);
  const guard = (name: KosGroup): Guard => createGuard({ name, policy: policies[name], quota, circuits, clock });
  const guards = { 'kos-bill': guard('kos-bill'), 'kos-customer': guard('kos-customer') };
  const http = createJsonClient({ origin: url });
  const resting = (name: KosGroup) => createRestingSubjects({ target: name, ...subjectPolicies[name], clock });
  const subjects = { 'kos-bill': resting('kos-bill'), 'kos-customer': resting('kos-customer') };
  return {
    ...createKos({ http, guards, subjects, quota, clock, events }),
    async close() {
      for (const each of Object.values(guards)) each.dispose();
      await http.close();
    },
  };
}

import { createJsonClient } from '@supergraph/platform/http';
import {
  createGuard,
  createRestingSubjects,
  type Circuits,
  type Guard,
  type Quota,
} from '@supergraph/platform/resilience';
import type { Clock } from '@supergraph/platform/time';

import type { Kos } from '../domain/ports.ts';
import { kosPolicies, linePolicy, type KosGroup } from './kos-policy.ts';
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
  const { url, timeoutMs, quota, circuits, events, clock } = options;
  const policies = kosPolicies(timeoutMs);
  const guard = (name: KosGroup): Guard => createGuard({ name, policy: policies[name], quota, circuits, clock });
  const guards = { 'kos-bill': guard('kos-bill'), 'kos-customer': guard('kos-customer') };
  const http = createJsonClient({ origin: url });
  const lines = createRestingSubjects({ ...linePolicy, clock });
  return {
    ...createKos({ http, guards, lines, clock, events }),
    async close() {
      for (const each of Object.values(guards)) each.dispose();
      await http.close();
    },
  };
}

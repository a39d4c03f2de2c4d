import { createFieldCipher } from '@supergraph/platform/encryption';
import { createOpaqueId } from '@supergraph/platform/identity';
import { createMinuteQuota } from '@supergraph/platform/resilience';
import { createLifecycle } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';

import type { BillingConfig } from './config.ts';
import { openKos } from './kos/open-kos.ts';
import { logEvents } from './log-events.ts';
import { openBillingDatabase } from './storage/billing-database.ts';
import { createKeptLines } from './storage/kept-lines.ts';

/** The customers behind the demo accounts of auth. */
const demoCustomerIds = ['CUST001', 'CUST002', 'CUST003'] as const;

/** Copies the demo customers' lines out of KOS, so that their first looks find them. Throws KosDidNotAnswer. */
export async function seedDemoCustomers(config: BillingConfig, { clock = systemClock }: { clock?: Clock } = {}) {
  const life = createLifecycle();
  const events = logEvents(createLogger({ service: 'billing', level: config.logLevel }));
  const prisma = life.own(
    openBillingDatabase({ url: config.database.url, maxConnections: 1, onError: events.databaseLost }),
    (opened) => opened.$disconnect(),
  );
  const quota = createMinuteQuota({ key: 'kos', ...config.kos, redis: undefined, events: events.quota });
  const kos = life.own(openKos({ ...config.kos, quota, events: events.kos, clock }), (opened) => opened.close());
  const cipher = createFieldCipher(config.fieldKeys);
  const lines = createKeptLines({ prisma, cipher, lineIdOf: createOpaqueId(config.lineIdKey, 'ln_') });
  try {
    for (const id of demoCustomerIds) {
      const { value, call } = await kos.customer(id, { priority: 'background', deadline: null });
      if (value !== null) await lines.keep(id, { value, fetchedAt: call.requestedAt });
    }
  } finally {
    await life.close();
  }
}

import { createFieldCipher } from '@supergraph/platform/encryption';
import { createOpaqueId } from '@supergraph/platform/identity';
import { createMinuteQuota } from '@supergraph/platform/resilience';
import { createLifecycle } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';

import type { ProductConfig } from './config.ts';
import { openKos } from './kos/open-kos.ts';
import { kosEventsOf, quotaEventsOf } from './log-events.ts';
import { createCustomerRegister } from './storage/customer-register.ts';
import { openProductDatabase } from './storage/product-database.ts';

/** The customers behind the demo accounts of auth. */
const demoCustomerIds = ['CUST001', 'CUST002', 'CUST003'] as const;

/** Copies the demo customers and their lines out of KOS, so that their first looks find them. Throws KosUnavailable. */
export async function seedDemoCustomers(config: ProductConfig, { clock = systemClock }: { clock?: Clock } = {}) {
  const life = createLifecycle();
  const log = createLogger({ service: 'product', level: config.logLevel });
  const database = life.own(
    openProductDatabase({ url: config.database.url, maxConnections: 1, onError: () => undefined }),
    (opened) => opened.$disconnect(),
  );
  const quota = createMinuteQuota({ key: 'kos', ...config.kos, redis: undefined, events: quotaEventsOf(log) });
  const kos = life.own(
    openKos({ url: config.kos.url, timeouts: config.kos, quota, events: kosEventsOf(log), clock }),
    (opened) => opened.close(),
  );
  const cipher = createFieldCipher(config.fieldKeys);
  const register = createCustomerRegister({ database, cipher, lineIdOf: createOpaqueId(config.lineIdKey, 'ln_') });
  try {
    for (const id of demoCustomerIds) await register.save(id, await kos.customer(id, 'background'), clock.now());
  } finally {
    await life.close();
  }
}

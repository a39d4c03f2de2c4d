import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readAuthConfig } from '@supergraph/auth/config';
import { demoAccounts, seedDemoAccounts } from '@supergraph/auth/demo-accounts';
import { z } from 'zod';

import { aStack } from '../faults/kit/a-stack.ts';
import { generousKos } from '../faults/kit/generous-kos.ts';
import { serviceNames } from '../faults/kit/services.ts';
import type { Stack } from '../faults/kit/stack.ts';
import { canary } from './canaries.ts';
import { startDisguisedKos } from './disguised-kos.ts';

/** The whole product, each service a process of its own that says all it has to say, with the canary as a customer. */
export interface CanaryStack {
  readonly stack: Stack;
  /** Files with everything the services wrote, by service. */
  readonly logs: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Runs a command and keeps what it writes in a file, too. */
const keeping = (file: string): readonly string[] => ['bash', '-c', 'exec "$@" > >(tee -a "$0") 2>&1', file];

const kosCustomer = z.object({ data: z.object({ customerName: z.string() }) });

export async function aCanaryStack(): Promise<CanaryStack> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'));
  const kos = await startDisguisedKos();
  const logs = Object.fromEntries(serviceNames.map((name) => [name, join(folder, `${name}.log`)]));
  let customerId = '';
  const starting = aStack({
    run: 'processes',
    customers: 0,
    kos: generousKos.kos,
    settings: {
      ...generousKos.settings,
      LOG_LEVEL: 'debug',
      RATE_LIMITS: '1000',
      CHANGE_CHECKS_PER_MINUTE: '1000',
      KOS_URL: kos.url,
    },
    launchers: Object.fromEntries(serviceNames.map((name) => [name, keeping(logs[name] ?? '')])),
    beforeServices: async ({ kos: admin, ways }) => {
      const wanted = {
        operatorCode: 'MVNO001',
        status: 'ACTIVE',
        device: '5G',
        isOverdue: false,
        lineCount: 1,
      } as const;
      const [line] = admin
        .findLines({ ...wanted, limit: 20 })
        .filter((each) => each.contractType !== 'DEVICE_SUBSIDY' && each.customerId.length > 'CUST001'.length);
      if (line === undefined) throw new Error('KOS has no such customer');
      customerId = line.customerId;
      const upstream = `http://127.0.0.1:${ways.kos.port}`;
      const answer = await fetch(`${upstream}/kos/customer/${customerId}`);
      const { customerName } = kosCustomer.parse(await answer.json()).data;
      kos.wear({ upstream, texts: { [customerName]: canary.name, [line.lineNumber]: canary.lineNumber } });
    },
  });
  const stack = await starting.catch(async (error: unknown) => {
    await kos.close();
    throw error;
  });
  await seedDemoAccounts(readAuthConfig(stack.environment), {
    accounts: [
      {
        loginId: canary.loginId,
        password: canary.password,
        what: 'the canary',
        role: 'CUSTOMER',
        customerId,
        lineNumbers: [canary.lineNumber],
        permissions: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
      },
      ...demoAccounts.filter(({ role }) => role === 'ANALYST'),
    ],
  });
  return {
    stack,
    logs,
    async close() {
      await stack.close();
      await kos.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maintenanceAddress, withConnection } from '@supergraph/database/maintenance-connection';
import { createChain } from '@supergraph/gateway/audit/chain';
import { openAuditDatabase } from '@supergraph/gateway/audit/storage/audit-database';
import { readClaims } from '@supergraph/gateway/audit/storage/read-claims';
import { readLinks } from '@supergraph/gateway/audit/storage/read-links';
import { verifyChain } from '@supergraph/gateway/audit/verify-chain';
import { parseKeyRing } from '@supergraph/platform/encryption';

import { aStack, type Stack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';

describe('The database of the audit is away', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({ customers: 2 });
  });
  afterAll(() => stack.close());

  const url = (): string => stack.environment['GATEWAY_DATABASE_URL'] ?? '';

  async function admit(isOpen: boolean): Promise<void> {
    const { name, serverUrl } = maintenanceAddress(url());
    await withConnection(serverUrl, async (client) => {
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${String(isOpen)}`);
      if (!isOpen)
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    });
  }

  const countRecords = async (): Promise<number> =>
    (
      await stack.query<{ count: number }>('gateway', 'SELECT coalesce(sum(times), 0)::int AS count FROM audit_record')
    )[0]?.count ?? 0;

  it('lets customers read and come and go, refuses changes before anything is done, and misses nothing afterwards', async () => {
    const [reader, orderer] = await clientsOf(stack);
    if (reader === undefined || orderer === undefined) throw new Error('there are two customers');
    await reader.readBill();
    await orderer.changePlanUntilSettled();
    const before = { records: await countRecords(), changes: stack.kos.changes().length };

    await admit(false);
    const load = startLoad({ perSecond: 20, forMs: 2_000, ask: () => reader.readBill() });
    const refused = await orderer.changePlan();
    expect(refused).toMatchObject({ status: 503, code: 'AUDIT_UNAVAILABLE' });
    expect(await orderer.logIn()).toMatchObject({ kind: 'answered' });
    const asked = await load.done;
    expect(asked).toMatchObject({ failed: 0, unclear: 0 });
    expect(stack.kos.changes()).toHaveLength(before.changes);

    await admit(true);
    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    // The refused change, the log-in and what was read meanwhile; changes that are tried have two records.
    expect(await countRecords()).toBeGreaterThanOrEqual(before.records + asked.answered + 2);

    const database = openAuditDatabase({ url: url(), maxConnections: 2, onError: () => undefined });
    const chain = createChain(parseKeyRing(stack.environment['AUDIT_CHAIN_KEYS'] ?? ''));
    const verdict = await verifyChain(
      { chain, read: (range) => readLinks(database, range) },
      await readClaims(database),
    );
    await database.$disconnect();
    expect(verdict).toMatchObject({ kind: 'sound' });
    reportFault({
      fault: 'F38 database of the audit away',
      userSees: 'reads as before; changes "cannot be put on record"',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});

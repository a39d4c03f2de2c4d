import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseNames, type DatabaseName } from '@supergraph/database/databases';
import { useEmbeddedPostgres } from '@supergraph/database/use-embedded-postgres';
import { readEmbeddedConfig } from '@supergraph/embedded/config';
import { startSupergraph, type Supergraph } from '@supergraph/embedded/start-supergraph';

import { bill, change, currentPlan, everything, logIn, order } from './e2e/walk-operations.ts';
import { anyFreePorts } from './support/a-supergraph.ts';
import { askGraphql, type Answer } from './support/graphql-client.ts';
import { fillForHalfAnHour, readKeys, type Keys } from './support/half-an-hour.ts';
import { terminalEnvironment } from './support/terminal-environment.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runProgram = promisify(execFile);

const customer = { loginId: 'testuser01', password: 'demo-password-01' };
const another = { loginId: 'testuser02', password: 'demo-password-02' };
const everyDatabase = async (read: (name: DatabaseName) => Promise<Keys>): Promise<Keys> =>
  new Map(
    (
      await Promise.all(
        databaseNames.map(async (name) =>
          [...(await read(name))].map(([table, keys]) => [`${name}.${table}`, keys] as const),
        ),
      )
    ).flat(),
  );

/** A backup is taken while customers go on; half an hour's data later the disk of the databases is gone. */
describe('A lost disk', () => {
  let dataDir: string;
  let settings: Readonly<Record<string, string>>;
  let graph: Supergraph;
  let token: string | undefined;
  let tokenBefore: string | undefined;
  let lineId: string;
  const kept = { key: randomUUID(), orderId: '' };
  const lost = { key: randomUUID(), orderId: '' };
  const keys: Record<'beforeBackup' | 'beforeLoss' | 'restored', Keys> = {
    beforeBackup: new Map(),
    beforeLoss: new Map(),
    restored: new Map(),
  };
  let printed: string;
  let answeredAfterMs: number;

  const ask = (query: string, variables = {}, as = token): Promise<Answer> =>
    askGraphql(`${graph.gatewayUrl}/graphql`, { query, variables }, as === undefined ? {} : { token: as });
  const changeTo = async (productOfferingId: string, externalId: string) =>
    (await ask(change, { input: { lineId, productOfferingId, externalId } })).data['createProductOrder'];
  const planNow = async () => (await ask(currentPlan, { line: lineId })).data['line']?.['currentProduct'];
  const changesInKos = () => graph.simulators.kos?.admin.changes().length;

  async function start(): Promise<void> {
    graph = await startSupergraph({ config: readEmbeddedConfig(settings), environment: settings });
    token = undefined;
    token = (await ask(logIn, { input: customer })).data['login']?.['tokens']?.['accessToken'];
  }

  /** A command as somebody types it. */
  async function npmRun(...words: readonly string[]): Promise<string> {
    const env = { ...terminalEnvironment(), DATA_DIR: dataDir };
    return (await runProgram('npm', ['run', '--silent', ...words], { cwd: root, env })).stdout;
  }

  async function withServer<T>(work: (urlOf: (name: DatabaseName) => string) => Promise<T>): Promise<T> {
    const server = await useEmbeddedPostgres({ folder: join(dataDir, 'postgres') });
    try {
      return await work((name) => server.urlOf(name));
    } finally {
      await server.release();
    }
  }
  const readAllKeys = () => withServer((urlOf) => everyDatabase((name) => readKeys(urlOf(name))));

  async function backUpWhileCustomersGoOn(): Promise<void> {
    const over = new AbortController();
    const customers = (async () => {
      while (!over.signal.aborted) await Promise.all([ask(bill, { line: lineId }), ask(logIn, { input: another })]);
    })();
    await npmRun('backup', '--', join(dataDir, 'backups'), '--keep', '3');
    over.abort();
    await customers;
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'supergraph-drill-'));
    await chmod(dataDir, 0o711);
    settings = {
      ...anyFreePorts,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
      KOS_LATENCY_SCALE: '0.02',
      ORDER_WAIT_MS: '4500',
    };
    await start();
    lineId = (await ask(everything)).data['me']?.['customer']?.['lines']?.[0]?.['id'] ?? '';
    kept.orderId = (await changeTo('5G-STANDARD-001', kept.key))?.['id'] ?? '';
    await withServer((urlOf) =>
      fillForHalfAnHour({ auth: urlOf('auth'), billing: urlOf('billing'), product: urlOf('product') }),
    );
    keys.beforeBackup = await readAllKeys();
    await backUpWhileCustomersGoOn();
    lost.orderId = (await changeTo('5G-BASIC-001', lost.key))?.['id'] ?? '';
    keys.beforeLoss = await readAllKeys();
    tokenBefore = token;
    await graph.close();
    await rm(join(dataDir, 'postgres'), { recursive: true });

    const lostAt = performance.now();
    const [backup = ''] = await readdir(join(dataDir, 'backups'));
    printed = await npmRun('restore', '--', join(dataDir, 'backups', backup));
    keys.restored = await readAllKeys();
    await start();
    await ask(bill, { line: lineId });
    answeredAfterMs = performance.now() - lostAt;
  }, 180_000);
  afterAll(async () => {
    await graph.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('costs the rows written after the backup began, and no others', () => {
    const report: string[] = [];
    for (const [table, before] of keys.beforeLoss) {
      const restored = keys.restored.get(table) ?? new Set();
      const missing = [...before].filter((key) => !restored.has(key));
      report.push(`${table.padEnd(32)}${String(before.size).padStart(8)}${String(missing.length).padStart(8)}`);
      expect({ table, lost: missing.filter((key) => keys.beforeBackup.get(table)?.has(key)) }).toEqual({
        table,
        lost: [],
      });
    }
    const seconds = (answeredAfterMs / 1_000).toFixed(1);
    console.log(
      ['table                              rows missing', ...report, `answered again after ${seconds} s`].join('\n'),
    );
    expect(keys.restored.get('auth.login_history')?.size).toBeGreaterThanOrEqual(500);
    expect(keys.restored.get('billing.bill_inquiry')?.size).toBeGreaterThanOrEqual(3_000);
    expect(keys.restored.get('product.product_order')?.size).toBe(501);
    expect(printed).toMatch(/product_order +501 +501 +0\n/);
  });

  it('ends the sessions from before, some of which may have been ended since', async () => {
    const { errors } = await ask(everything, {}, tokenBefore);
    expect(errors).toMatchObject([{ extensions: { code: 'SESSION_REVOKED' } }]);
  });

  it('leaves customers their log-ins, bills and orders', async () => {
    expect(token).toBeDefined();
    expect((await ask(bill, { line: lineId })).data['line']).toMatchObject({ bill: { payment: {} } });
    expect((await ask(order, { id: kept.orderId })).data['productOrder']).toMatchObject({ state: 'COMPLETED' });
  });

  it('changes no plan twice: a repeated wish gets its order, or is refused on what KOS says now', async () => {
    const before = changesInKos();
    expect(await changeTo('5G-STANDARD-001', kept.key)).toMatchObject({ id: kept.orderId, state: 'COMPLETED' });
    expect((await ask(order, { id: lost.orderId })).data['productOrder']).toBeNull();
    expect(await planNow()).toMatchObject({ productCode: '5G-BASIC-001', freshness: { source: 'KOS' } });
    expect(await changeTo('5G-BASIC-001', lost.key)).toMatchObject({ code: 'PLAN_CHANGE_NOT_ALLOWED' });
    expect(changesInKos()).toBe(before);
  });
});

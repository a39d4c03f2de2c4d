import { randomBytes, randomUUID } from 'node:crypto';

import { createTestDatabase, testRedisUrl } from '@supergraph/database/testing';
import { defaultKosConfig, type KosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator } from '@supergraph/kos-simulator/simulator';
import { defaultMvnoApConfig } from '@supergraph/mvno-ap-simulator/config';
import { createMvnoApSimulator } from '@supergraph/mvno-ap-simulator/simulator';
import {
  createInternalTokenSigner,
  createOpaqueId,
  generateSigningKeyPem,
  internalTokenHeader,
  publicPemOf,
  readSigningKey,
  signStepUpToken,
  type Viewer,
} from '@supergraph/platform/identity';
import { createLifecycle, requestHeaders } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';
import pg from 'pg';

import { composeProduct } from '../compose.ts';
import { readProductConfig } from '../config.ts';
import { readAnswer } from './answer.ts';

export interface Setting {
  readonly now?: string;
  readonly kos?: Partial<KosConfig>;
  /** Environment variables beside those that every graph of a test has. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Asking {
  readonly viewer?: Viewer | null;
  readonly language?: 'ko' | 'en';
  /** How long whoever asks waits. */
  readonly withinMs?: number;
  /** Another process of the same service, instead of the test's own. */
  readonly process?: string;
}

/** The customer's own user, with every right. */
export const userOf = (customerId: string): Viewer => ({
  userId: `user-of-${customerId}`,
  customerId,
  role: 'CUSTOMER',
  scopes: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
  sessionId: 'session',
});

/** 김테스트: one line on 5G-PREMIUM-001, which nothing keeps from changing. */
export const tester = userOf('CUST001');
/** 이샘플: one line on 5G-STANDARD-001. */
export const sampler = userOf('CUST002');
/** 박데모: five lines, each with a trouble of its own. */
export const troubled = userOf('CUST003');
/** 최모의: a customer of the other operator. */
export const stranger = userOf('CUST004');
/** One of those who settle what KOS has not told. */
export const operatorOf = (userId: string): Viewer => ({
  ...tester,
  userId,
  customerId: null,
  role: 'OPERATOR',
  scopes: ['ORDER_SETTLEMENT'],
});
export const staff: Viewer = { ...tester, userId: 'operator', customerId: null, role: 'OPERATOR', scopes: ['ADMIN'] };

/** The product subgraph over HTTP, between simulators of KOS and the MVNO AP server, with a clock the test moves. */
export type ProductGraph = Awaited<ReturnType<typeof aProductGraph>>;

export async function aProductGraph(setting: Setting = {}) {
  const life = createLifecycle();
  const clock = createManualClock(setting.now ?? '2026-09-15T03:00:00.000Z');
  const made = life.own(await createTestDatabase('product'), (each) => each.drop());
  const database = life.own(new pg.Pool({ connectionString: made.url, max: 2 }), (pool) => pool.end());
  // The database may be dropped while its connections still say goodbye.
  database.on('error', () => undefined);
  const kosConfig = { ...defaultKosConfig, customerCount: 600, latencyScale: 0.01, callsPerMinute: 100_000 };
  const kos = life.own(createKosSimulator({ ...kosConfig, ...setting.kos }, { clock }), (each) => each.close());
  const mvnoAp = life.own(createMvnoApSimulator(defaultMvnoApConfig, { clock }), (each) => each.close());
  const gatewayPem = generateSigningKeyPem();
  const sign = createInternalTokenSigner({ key: await readSigningKey(gatewayPem), clock });
  const stepUpPem = generateSigningKeyPem();
  const stepUpKey = await readSigningKey(stepUpPem);
  const lineIdKey = randomBytes(32);

  const environment = {
    PRODUCT_DATABASE_URL: made.url,
    REDIS_URL: testRedisUrl(),
    CACHE_PREFIX: `test:${randomUUID()}`,
    KOS_URL: (await kos.listen()).url,
    KOS_CALLS_PER_MINUTE: '100000',
    // Customers ask as often as a test likes.
    CHANGE_CHECKS_PER_MINUTE: '100000',
    MVNO_AP_URL: (await mvnoAp.listen()).url,
    // Orders in doubt are looked after when a test says so.
    RECONCILE_EVERY_MS: '86400000',
    // What ends is answered ended, however slow this machine is just now.
    ORDER_WAIT_MS: '15000',
    INTERNAL_TOKEN_PUBLIC_KEY: Buffer.from(publicPemOf(gatewayPem)).toString('base64'),
    STEP_UP_PUBLIC_KEYS: Buffer.from(publicPemOf(stepUpPem)).toString('base64'),
    // A plan may cost what it will, unless a test says otherwise.
    STEP_UP_MONTHLY_FEE_DIFFERENCE_WON: '1000000',
    LINE_ID_KEY: lineIdKey.toString('base64'),
    FIELD_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...setting.environment,
  };
  const log: string[] = [];
  const logger = createLogger({
    service: 'product',
    level: 'debug',
    destination: { write: (line) => void log.push(line) },
  });

  const start = async (changed: Readonly<Record<string, string | undefined>> = {}) => {
    const product = await composeProduct(readProductConfig({ ...environment, ...changed }), { clock, log: logger });
    return { product, url: await product.listen({ host: '127.0.0.1', port: 0 }) };
  };
  let running = await start();
  life.own(null, () => running.product.close());

  async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}, asking: Asking = {}) {
    const { viewer = tester, language = 'ko', withinMs, process = running.url } = asking;
    const answer = await fetch(`${process}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'accept-language': language,
        [internalTokenHeader]: sign(viewer, 'product'),
        ...(withinMs !== undefined && { [requestHeaders.deadline]: String(clock.now().getTime() + withinMs) }),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(20_000),
    });
    return readAnswer(await answer.json());
  }

  const lineIdOf = createOpaqueId(lineIdKey, 'ln_');
  const changeable = { status: 'ACTIVE', operatorCode: 'MVNO001', device: '5G', contractType: 'NONE' } as const;
  const unusedLines = kos.admin.findLines({ ...changeable, isOverdue: false, lineCount: 1, limit: 100 }).values();

  return {
    clock,
    kos: kos.admin,
    mvnoAp: mvnoAp.admin,
    log,
    environment,
    ask,
    lineIdOf,

    /** Auth's word that a person gave the password for a change. */
    stepUpTokenOf: ({ userId, sessionId }: Viewer, challenge: string, issuedAt = clock.now()) =>
      signStepUpToken({ id: randomUUID(), userId, sessionId, challenge }, { key: stepUpKey, issuedAt }),

    /** A line of its own customer that no test used before, and a plan that nothing keeps it from. */
    aLine() {
      const { value: line } = unusedLines.next();
      if (line === undefined) throw new Error('all lines are used');
      const { lineNumber, customerId, currentProductCode } = line;
      const target = currentProductCode === '5G-PREMIUM-001' ? '5G-STANDARD-001' : '5G-PREMIUM-001';
      return {
        lineNumber,
        lineId: lineIdOf(lineNumber),
        owner: userOf(customerId),
        current: currentProductCode,
        target,
      };
    },

    /** Asks for entities by their keys, as the gateway does. */
    async entities(keys: readonly Readonly<Record<string, string>>[], fragments: string, asking?: Asking) {
      const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ${fragments} } }`;
      return await ask(query, { keys }, asking);
    },

    async query(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const { rows } = await database.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    },

    reconcile: () => running.product.reconcile(),
    tellResults: () => running.product.tellResults(),

    /** What whoever asks whether the service is ready gets for a status. */
    readiness: async (): Promise<number> => (await fetch(`${running.url}/readyz`)).status,

    /** Stops the service and starts it anew without a setting of its environment. */
    async restartWithout(variable: string): Promise<void> {
      await running.product.close();
      running = await start({ [variable]: undefined });
    },

    /** Stops the service and starts it anew on the same database. */
    async restart(changed: Readonly<Record<string, string>> = {}): Promise<void> {
      await running.product.close();
      running = await start(changed);
    },

    close: () => life.close(),
  };
}

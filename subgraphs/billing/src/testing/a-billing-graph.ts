import { randomBytes, randomUUID } from 'node:crypto';

import { defaultKosConfig, type KosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator } from '@supergraph/kos-simulator/simulator';
import { defaultMvnoApConfig } from '@supergraph/mvno-ap-simulator/config';
import { createMvnoApSimulator } from '@supergraph/mvno-ap-simulator/simulator';
import { createTestDatabase } from '@supergraph/database/testing';
import {
  createInternalTokenSigner,
  createOpaqueId,
  generateSigningKeyPem,
  internalTokenHeader,
  publicPemOf,
  readSigningKey,
  type Viewer,
} from '@supergraph/platform/identity';
import { createLifecycle, requestHeaders } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';
import pg from 'pg';

import { composeBilling } from '../compose.ts';
import { readBillingConfig } from '../config.ts';
import {
  createdInquiryIn,
  entityIn,
  inquiryIn,
  pageIn,
  readAnswer,
  type Answer,
  type InquiryAnswer,
} from './answer.ts';
import { eventually } from './eventually.ts';
import { createInquiry, inquiryById, lineBill, lineBills, lineHistory } from './operations.ts';

export interface Wishes {
  readonly now?: string;
  /** Settings beside those that every billing graph of a test has. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly kos?: Partial<KosConfig>;
}

export interface Asking {
  readonly viewer?: Viewer | null;
  readonly language?: 'ko' | 'en';
  /** Another process than the graph's own. */
  readonly at?: string;
  /** How long whoever asks waits. */
  readonly withinMs?: number;
}

/** The billing subgraph over HTTP, between simulators of KOS and the MVNO AP server, with a clock the test moves. */
export type BillingGraph = Awaited<ReturnType<typeof aBillingGraph>>;

/** Somebody who may look at bills; staff without a customer. */
export const viewerOf = (customerId: string | null): Viewer => ({
  userId: `user of ${customerId ?? 'the staff'}`,
  customerId,
  role: customerId === null ? 'OPERATOR' : 'CUSTOMER',
  scopes: [customerId === null ? 'ADMIN' : 'BILL_INQUIRY'],
  sessionId: 'session',
});

/** The customers of the simulated KOS: one line each, but the third, who has the troubled ones. */
export const firstCustomer = viewerOf('CUST001');
export const secondCustomer = viewerOf('CUST002');
export const troubledCustomer = viewerOf('CUST003');
export const staff = viewerOf(null);

function databaseOf(address: string): { readonly name: string; readonly server: string } {
  const url = new URL(address);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  return { name, server: url.href };
}

export async function aBillingGraph({
  now = '2026-09-15T03:00:00.000Z',
  settings = {},
  kos: kosWishes = {},
}: Wishes = {}) {
  const life = createLifecycle();
  const clock = createManualClock(now);
  const made = life.own(await createTestDatabase('billing'), (each) => each.drop());
  const database = life.own(new pg.Pool({ connectionString: made.url, max: 2 }), (pool) => pool.end());
  const server = life.own(new pg.Pool({ connectionString: databaseOf(made.url).server, max: 1 }), (pool) => pool.end());
  const kos = life.own(
    createKosSimulator(
      { ...defaultKosConfig, customerCount: 50, latencyScale: 0.02, callsPerMinute: 10_000, ...kosWishes },
      { clock },
    ),
    (each) => each.close(),
  );
  const ap = life.own(createMvnoApSimulator(defaultMvnoApConfig, { clock }), (each) => each.close());
  const gatewayPem = generateSigningKeyPem();
  const sign = createInternalTokenSigner({ key: await readSigningKey(gatewayPem), clock });
  const lineIdKey = randomBytes(32);

  const environment = {
    BILLING_DATABASE_URL: made.url,
    KOS_URL: (await kos.listen()).url,
    MVNO_AP_URL: (await ap.listen()).url,
    KOS_CALLS_PER_MINUTE: '10000',
    // What ends is answered ended, however slow this machine is just now.
    INQUIRY_WAIT_MS: '15000',
    INQUIRY_RETRY_MS: '20',
    // The clock outruns the calls when it is moved: nobody else's attempt is to be taken for abandoned.
    INQUIRY_POLL_MS: '600000',
    INTERNAL_TOKEN_PUBLIC_KEY: Buffer.from(publicPemOf(gatewayPem)).toString('base64'),
    LINE_ID_KEY: lineIdKey.toString('base64'),
    FIELD_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    CACHE_PREFIX: `test:${randomUUID()}`,
    ...settings,
  };
  const log: string[] = [];
  const logger = createLogger({
    service: 'billing',
    level: 'debug',
    destination: { write: (line) => void log.push(line) },
  });

  const start = async (more: Readonly<Record<string, string | undefined>> = {}) => {
    const service = await composeBilling(readBillingConfig({ ...environment, ...more }), { clock, log: logger });
    return { service, url: await service.listen({ host: '127.0.0.1', port: 0 }) };
  };
  let running = await start();
  life.own(null, () => running.service.close());

  async function ask(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    asking: Asking = {},
  ): Promise<Answer> {
    const { viewer = firstCustomer, language = 'ko', at = running.url, withinMs } = asking;
    const answer = await fetch(`${at}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'accept-language': language,
        [internalTokenHeader]: sign(viewer, 'billing'),
        ...(withinMs !== undefined && { [requestHeaders.deadline]: String(clock.now().getTime() + withinMs) }),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(20_000),
    });
    return readAnswer(await answer.json());
  }

  const askLine = (query: string, lineId: string, wish: { readonly [name: string]: unknown; readonly as?: Asking }) => {
    const { as, ...variables } = wish;
    return ask(query, { representations: [{ __typename: 'Line', id: lineId }], ...variables }, as);
  };
  const inquiry = async (id: string, as?: Asking): Promise<InquiryAnswer> =>
    inquiryIn(await ask(inquiryById, { id }, as));

  return {
    environment,
    clock,
    database,
    /** The server that holds the database, by another door than the database's own. */
    server,
    databaseName: databaseOf(made.url).name,
    kos: kos.admin,
    ap: ap.admin,
    log,
    ask,
    lineOf: createOpaqueId(lineIdKey, 'ln_'),

    /** A line's bill, or why there is none; undefined without such a line. */
    bill: async (lineId: string, wish: { readonly month?: string; readonly as?: Asking } = {}): Promise<unknown> =>
      entityIn(await askLine(lineBill, lineId, wish))?.['bill'],

    bills: async (
      lineId: string,
      wish: { readonly first?: number; readonly after?: string | null; readonly as?: Asking } = {},
    ) => pageIn(await askLine(lineBills, lineId, wish), 'bills'),

    history: async (
      lineId: string,
      wish: {
        readonly first?: number;
        readonly after?: string | null;
        readonly state?: string;
        readonly from?: string;
        readonly to?: string;
        readonly as?: Asking;
      } = {},
    ) => pageIn(await askLine(lineHistory, lineId, wish), 'billInquiries'),

    async inquire(
      lineId: string,
      wish: { readonly month?: string; readonly as?: Asking } = {},
    ): Promise<InquiryAnswer> {
      const input = { lineId, ...(wish.month !== undefined && { billingMonth: wish.month }) };
      return createdInquiryIn(await ask(createInquiry, { input }, wish.as));
    },

    inquiry,

    /** The inquiry once it has ended; the clock moves on, since attempts wait for the rest of the line. */
    async endOf(id: string, as?: Asking): Promise<InquiryAnswer> {
      await eventually(async () => {
        clock.advance(1_000);
        return (await inquiry(id, as)).state !== 'IN_PROGRESS';
      });
      return await inquiry(id, as);
    },

    askLine,
    /** How often KOS was asked for a bill. */
    billCalls: () => kos.admin.calls().filter(({ operation }) => operation === 'bill-inquiry').length,
    customerCalls: () => kos.admin.calls().filter(({ operation }) => operation === 'customer').length,
    async stop() {
      await running.service.close();
    },
    async restart(more: Readonly<Record<string, string>> = {}) {
      await running.service.close();
      running = await start(more);
    },
    async restartWithout(setting: string) {
      await running.service.close();
      running = await start({ [setting]: undefined });
    },
    close: () => life.close(),
  };
}

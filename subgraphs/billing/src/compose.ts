import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { isReachable } from '@supergraph/database/client-options';
import { messageRetentions } from '@supergraph/database/message-store';
import { createPruner } from '@supergraph/database/retention';
import { connectRedis, createCache, type Cache } from '@supergraph/platform/cache';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { createJsonClient } from '@supergraph/platform/http';
import { createInternalTokenVerifier, createOpaqueId } from '@supergraph/platform/identity';
import type { MessageFlow } from '@supergraph/platform/messaging';
import {
  createCircuits,
  createGuard,
  createMinuteQuota,
  createRedisExchange,
  type Circuits,
} from '@supergraph/platform/resilience';
import { createLifecycle, createSubgraphServer, type Lifecycle, type ListenAddress } from '@supergraph/platform/server';
import { createLogger, type Logger } from '@supergraph/platform/telemetry';
import { SECOND_MS, systemClock, type Clock } from '@supergraph/platform/time';

import type { BillingConfig } from './config.ts';
import { createConductInquiry } from './domain/conduct-inquiry.ts';
import { createInquireBill } from './domain/inquire-bill.ts';
import { createInquiryIds } from './domain/inquiry-id.ts';
import { createInquiryWorker } from './domain/inquiry-worker.ts';
import { createListInquiries } from './domain/list-inquiries.ts';
import { createOwnLines } from './domain/own-lines.ts';
import type { Kos } from './domain/ports.ts';
import { createViewBill } from './domain/view-bill.ts';
import { createContext } from './graphql/context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { openKos } from './kos/open-kos.ts';
import { logEvents, type LogEvents } from './log-events.ts';
import { openMessages } from './messages/open-messages.ts';
import { createSealedPayloads, type SealedPayloads } from './messages/sealed-payload.ts';
import { apPolicy, createPushResult, resultsAtOnce } from './mvno-ap/push-result.ts';
import { openBillingDatabase, type BillingDatabase } from './storage/billing-database.ts';
import { billRules } from './storage/cache-rules.ts';
import { createCachedBills } from './storage/cached-bills.ts';
import { createCustomerLines } from './storage/customer-lines.ts';
import { createInquiryArchive } from './storage/inquiry-archive.ts';
import { createInquiryBook } from './storage/inquiry-book.ts';
import { createInquiryRows } from './storage/inquiry-rows.ts';
import { createKeptBills } from './storage/kept-bills.ts';
import { createKeptLines } from './storage/kept-lines.ts';
import { createReadingHistory } from './storage/reading-history.ts';
import { billingRetentions } from './storage/retention.ts';

const sdlFile = createRequire(import.meta.url).resolve('@supergraph/schema/subgraphs/billing.graphql');

/** What an attempt at an inquiry may take beyond its call to KOS before whoever makes it is given up for dead. */
const holdMarginMs = 7 * SECOND_MS;
const mostReadingsWaiting = 10_000;

export interface BillingDependencies {
  readonly clock?: Clock;
  readonly newId?: () => string;
  readonly random?: () => number;
  readonly log?: Logger;
}

/** The billing subgraph, ready to listen. */
export interface Billing {
  readonly log: Logger;
  /** Starts answering, delivering results, and carrying on what an earlier process left undone; tells the address. */
  readonly listen: (address: ListenAddress) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** What every part is made with. */
interface Means {
  readonly config: BillingConfig;
  readonly clock: Clock;
  readonly random: () => number;
  readonly life: Lifecycle;
  readonly events: LogEvents;
}

/** Puts the billing subgraph together. */
export async function composeBilling(config: BillingConfig, dependencies: BillingDependencies = {}): Promise<Billing> {
  const {
    clock = systemClock,
    newId = randomUUID,
    random = Math.random,
    log = createLogger({ service: 'billing', level: config.logLevel }),
  } = dependencies;
  const life = createLifecycle();
  const events = logEvents(log);
  const means: Means = { config, clock, random, life, events };
  const cipher = createFieldCipher(config.fieldKeys);
  const lineIdOf = createOpaqueId(config.lineIdKey, 'ln_');
  const newInquiryId = createInquiryIds({ clock, newId });

  const prisma = life.own(openBillingDatabase({ ...config.database, onError: events.databaseLost }), async (opened) => {
    await opened.$disconnect();
  });
  const { cache, circuits, kos } = openUpstream(means, cipher);
  const rows = createInquiryRows(cipher);
  const archive = createInquiryArchive(prisma, rows);
  const payloads = createSealedPayloads(cipher);
  const messages = openFlow(means, { database: prisma, payloads, circuits });
  const rules = billRules(config.billFresh);
  const pruner = life.own(
    createPruner({
      database: prisma,
      retentions: [...messageRetentions(config.messages.keptMs), ...billingRetentions(rules)],
      clock,
      onFailure: events.oldRowsStay,
    }),
    (opened) => opened.stop(),
  );
  const book = createInquiryBook({
    prisma,
    rows,
    payloads,
    clock,
    holdMs: config.kos.timeoutMs + holdMarginMs,
    onResults: () => {
      messages.wake();
    },
  });
  const history = life.own(
    createReadingHistory({
      record: (readings) => book.record(readings),
      mostWaiting: mostReadingsWaiting,
      waitMs: config.historyWaitMs,
      retryMs: SECOND_MS,
      events: events.history,
    }),
    (opened) => opened.close(),
  );

  const lookup = { cache, clock, kos, events: events.lookup };
  const bills = createCachedBills({
    ...lookup,
    kept: createKeptBills(prisma, cipher),
    rules,
  });
  const lines = createOwnLines(
    createCustomerLines({ ...lookup, lineIdOf, kept: createKeptLines({ prisma, cipher, lineIdOf }) }),
  );
  const conduct = createConductInquiry({ bills, lines, book, clock, random, retryBaseMs: config.inquiry.retryMs });
  const worker = life.own(
    createInquiryWorker({ conduct, book, clock, pollMs: config.inquiry.pollMs, events: events.worker }),
    (opened) => opened.close(),
  );

  const isDatabaseReachable = () => isReachable(() => prisma.$queryRaw`SELECT 1`, events.databaseAway);
  const server = life.own(
    createSubgraphServer({
      name: 'billing',
      portVariable: 'BILLING_PORT',
      sdl: readFileSync(sdlFile, 'utf8'),
      resolvers,
      verifyInternalToken: createInternalTokenVerifier({
        subgraph: 'billing',
        publicKey: config.internalTokenPublicKey,
        clock,
      }),
      createContext: createContext({
        ownLines: lines,
        viewBill: createViewBill({ bills, history, clock, newInquiryId }),
        inquireBill: createInquireBill({ lines, book, worker, clock, newInquiryId, waitMs: config.inquiry.waitMs }),
        listInquiries: createListInquiries({ archive, history }),
        archive,
        clock,
      }),
      readiness: async () => ({ database: await isDatabaseReachable() }),
      staysReady: true,
      certificateFiles: config.certificateFiles,
      drainDelayMs: config.drainDelayMs,
      log,
    }),
    (opened) => opened.close(),
  );

  // The first query loads Prisma's engine: better now than while somebody waits.
  await isDatabaseReachable();
  return {
    log,
    async listen(address) {
      const url = await server.listen(address);
      await messages.start();
      pruner.start();
      worker.start();
      return url;
    },
    close: () => life.close(),
  };
}

/** KOS, its circuits, and the cache before it. */
function openUpstream(
  means: Means,
  cipher: ReturnType<typeof createFieldCipher>,
): { readonly cache: Cache; readonly circuits: Circuits; readonly kos: Kos } {
  const { config, clock, random, life, events } = means;
  const prefix = `${config.cachePrefix}:billing`;
  const redis =
    config.redisUrl === undefined
      ? undefined
      : life.own(connectRedis({ url: config.redisUrl }), (connection) => {
          connection.disconnect();
        });
  const cache = createCache({
    clock,
    random,
    cipher,
    prefix,
    memory: { maxEntries: 10_000 },
    shared: redis,
    events: events.cache,
  });
  life.own(cache, (opened) => opened.close());

  const quota = createMinuteQuota({ key: 'kos', ...config.kos, redis, events: events.quota });
  const circuits = life.own(createCircuits(redis && createRedisExchange({ redis, prefix })), (opened) => {
    opened.close();
  });
  circuits.onChange(events.circuit);
  const kos = life.own(openKos({ ...config.kos, quota, circuits, events: events.kos, clock }), (opened) =>
    opened.close(),
  );
  return { cache, circuits, kos };
}

/** The way of results to the MVNO AP server. */
function openFlow(
  means: Means,
  by: { readonly database: BillingDatabase; readonly payloads: SealedPayloads; readonly circuits: Circuits },
): MessageFlow {
  const { config, clock, random, life, events } = means;
  const { database, payloads, circuits } = by;
  const guard = life.own(createGuard({ name: 'mvno-ap', policy: apPolicy, circuits, clock }), (opened) => {
    opened.dispose();
  });
  const http = life.own(createJsonClient({ origin: config.mvnoApUrl }), (client) => client.close());
  const pushResult = createPushResult({ http, guard, payloads });
  const messages = openMessages({
    database,
    config: config.messages,
    pushResult,
    resultsAtOnce,
    clock,
    random,
    events,
  });
  return life.own(messages, (opened) => opened.close());
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { isReachable } from '@supergraph/database/client-options';
import { messageRetentions } from '@supergraph/database/message-store';
import { createPruner } from '@supergraph/database/retention';
import { connectRedis, createCache } from '@supergraph/platform/cache';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { createInternalTokenVerifier, createOpaqueId } from '@supergraph/platform/identity';
import { createCircuits, createMinuteQuota, createRedisExchange } from '@supergraph/platform/resilience';
import { createLifecycle, createSubgraphServer, type ListenAddress } from '@supergraph/platform/server';
import { createLogger, describeError, type Logger } from '@supergraph/platform/telemetry';
import { createRepetition, systemClock, type Clock } from '@supergraph/platform/time';

import { createChangeChecks } from './change-checks.ts';
import type { ProductConfig } from './config.ts';
import { createCheckQualification } from './domain/check-qualification.ts';
import { createListNotices, createNotifyCustomer } from './domain/customer-notice.ts';
import { createFindCurrentProduct } from './domain/find-current-product.ts';
import { createListHeldOrders } from './domain/held-orders.ts';
import { createInspectChange } from './domain/inspect-change.ts';
import { createListChangeableOfferings } from './domain/list-changeable-offerings.ts';
import { createListOfferings } from './domain/list-offerings.ts';
import { createListOrders } from './domain/order-history.ts';
import { createOwnCustomer } from './domain/own-customer.ts';
import { createRequestProductChange } from './domain/request-product-change.ts';
import { createSendProductChange } from './domain/send-product-change.ts';
import { createSettleHeldOrder } from './domain/settle-held-order.ts';
import { createSettleProductChange } from './domain/settle-product-change.ts';
import { createContext } from './graphql/context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { createInFlight } from './in-flight.ts';
import { openKos } from './kos/open-kos.ts';
import {
  cacheEventsOf,
  circuitChangeOf,
  kosEventsOf,
  quotaEventsOf,
  sendingEventsOf,
  settlementEventsOf,
} from './log-events.ts';
import { openMessages } from './messages/open-messages.ts';
import { openMvnoAp } from './mvno-ap/open-mvno-ap.ts';
import { createReconciler } from './reconciler.ts';
import { cacheRules } from './storage/cache-rules.ts';
import { createCustomerRegister } from './storage/customer-register.ts';
import { createHeldOrders } from './storage/held-orders.ts';
import { createReadKept } from './storage/kept-answers.ts';
import { createKeptCatalogue } from './storage/kept-catalogue.ts';
import { createKeptStandings, lineTag } from './storage/kept-standings.ts';
import { createWriteCalls } from './storage/kos-call-rows.ts';
import { createOperatorJournal, createWriteDecision } from './storage/operator-journal.ts';
import { createNoticeBoard } from './storage/notice-board.ts';
import { createOrderHistory } from './storage/order-history.ts';
import { createOrderStore } from './storage/order-store.ts';
import { openProductDatabase } from './storage/product-database.ts';
import { createRequestJournal } from './storage/request-journal.ts';
import { productRetentions } from './storage/retention.ts';
import { createShownCustomer } from './storage/shown-customer.ts';
import { createStepUpTokens } from './step-up-tokens.ts';

const sdlFile = createRequire(import.meta.url).resolve('@supergraph/schema/subgraphs/product.graphql');

export interface ProductDependencies {
  readonly clock?: Clock;
  /** One that all instances over one database agree upon, which `clock` need not be: by it orders in doubt are judged. */
  readonly sharedClock?: Clock;
  readonly newId?: () => string;
  readonly random?: () => number;
  readonly log?: Logger;
}

/** The product subgraph, ready to listen. */
export interface Product {
  readonly log: Logger;
  /** Starts answering, and looking after orders in doubt and results not told yet. */
  readonly listen: (address: ListenAddress) => Promise<string>;
  /** Looks after every order that is due now. */
  readonly reconcile: () => Promise<void>;
  /** Tells everybody concerned every result that is due now; over a broker within this process. */
  readonly tellResults: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Puts the product subgraph together. */
export async function composeProduct(config: ProductConfig, dependencies: ProductDependencies = {}): Promise<Product> {
  const {
    clock = systemClock,
    sharedClock = clock,
    newId = randomUUID,
    random = Math.random,
    log = createLogger({ service: 'product', level: config.logLevel }),
  } = dependencies;
  const life = createLifecycle();
  const warn = (what: string) => (error: unknown) => {
    log.warn(describeError(error), what);
  };

  const onError = warn('a connection to the database was lost');
  const database = life.own(openProductDatabase({ ...config.database, onError }), (opened) => opened.$disconnect());
  // Before anything asks; a database that is away now is tried again by whoever asks first.
  await database.$connect().catch(warn('the database is not there yet'));
  const redis =
    config.redisUrl === undefined
      ? undefined
      : life.own(connectRedis({ url: config.redisUrl, onError: warn('Redis is out of reach') }), (client) => {
          client.disconnect();
        });
  const prefix = `${config.cachePrefix}:product`;
  const cipher = createFieldCipher(config.fieldKeys);
  const cache = life.own(
    createCache({
      clock,
      random,
      prefix,
      memory: { maxEntries: 10_000 },
      shared: redis,
      cipher,
      events: cacheEventsOf(log),
      newId,
    }),
    (opened) => opened.close(),
  );

  const quota = createMinuteQuota({ key: 'kos', ...config.kos, redis, events: quotaEventsOf(log) });
  const circuits = life.own(createCircuits(redis && createRedisExchange({ redis, prefix })), (opened) => {
    opened.close();
  });
  circuits.onChange(circuitChangeOf(log));
  const kos = life.own(
    openKos({ url: config.kos.url, timeouts: config.kos, quota, circuits, events: kosEventsOf(log), clock }),
    (opened) => opened.close(),
  );
  const mvnoAp = life.own(openMvnoAp({ url: config.mvnoApUrl, circuits, clock }), (opened) => opened.close());

  const notices = createNoticeBoard(database);
  const messages = life.own(
    openMessages({
      database,
      config: config.messages,
      tellMvnoAp: mvnoAp.tell,
      notifyCustomer: createNotifyCustomer({ board: notices, clock }),
      clock,
      random,
      log,
    }),
    (opened) => opened.close(),
  );
  const pruner = life.own(
    createPruner({
      database,
      retentions: [...messageRetentions(config.messages.keptMs), ...productRetentions],
      clock,
      onFailure: warn('what need not be kept any longer could not be deleted'),
    }),
    (worker) => worker.stop(),
  );

  const writeCalls = createWriteCalls({ cipher, newId });
  const writeDecision = createWriteDecision(cipher);
  const orders = createOrderStore({
    database,
    cipher,
    newId,
    writeCalls,
    writeDecision,
    onLineChanged: (lineId) => cache.invalidateTag(lineTag(lineId)),
    onResult: () => {
      messages.wake();
    },
  });
  const journal = createRequestJournal({ database, writeCalls });
  const operatorJournal = createOperatorJournal({ database, cipher, writeDecision, writeCalls });
  const orderHistory = createOrderHistory(database);
  const onStorageFailure = warn('what KOS said could not be kept');
  const read = createReadKept({ cache, database, cipher, clock, onStorageFailure });
  const catalogue = createKeptCatalogue({ read, ask: kos.readCatalogue });
  const catalogueKeeper = life.own(
    createRepetition({
      work: () => catalogue.keepWarm(),
      pauseMs: config.catalogueCheckMs,
      onFailure: warn('the catalogue could not be had at hand'),
    }),
    (keeper) => keeper.stop(),
  );
  const standings = createKeptStandings({ read, ask: kos.readStanding, clock });
  const lineIdOf = createOpaqueId(config.lineIdKey, 'ln_');
  const register = createCustomerRegister({ database, cipher, lineIdOf });

  const inFlight = life.own(createInFlight(warn('work in the background failed')), (works) => works.settled());
  const ownCustomer = createOwnCustomer({
    register,
    source: kos,
    rules: cacheRules,
    clock,
    inBackground: (renewal) => void inFlight.track(renewal),
  });
  const shownCustomer = createShownCustomer({ ownCustomer, source: kos, cache, lineIdOf, clock });
  const findCurrentProduct = createFindCurrentProduct(standings);
  const countCheck = createChangeChecks({ ...config.changeChecks, redis, prefix, clock });
  const inspect = createInspectChange({ kos, countCheck, clock });
  const policy = { ...config.orders, callTimeoutMs: config.kos.changeTimeoutMs };
  const sendChange = createSendProductChange({ orders, kos, policy, events: sendingEventsOf(log), clock, sharedClock });
  const settlementEvents = settlementEventsOf(log);
  const settle = createSettleProductChange({ orders, kos, policy, events: settlementEvents, sharedClock });
  const reconciler = life.own(
    createReconciler({
      settle,
      everyMs: config.orders.reconcileEveryMs,
      onFailure: warn('orders in doubt could not be looked after'),
    }),
    (worker) => worker.stop(),
  );

  const server = life.own(
    createSubgraphServer({
      name: 'product',
      portVariable: 'PRODUCT_PORT',
      sdl: readFileSync(sdlFile, 'utf8'),
      resolvers,
      verifyInternalToken: createInternalTokenVerifier({
        subgraph: 'product',
        publicKey: config.internalTokenPublicKey,
        clock,
      }),
      createContext: createContext({
        ownCustomer: shownCustomer,
        catalogue,
        findCurrentProduct,
        listOfferings: createListOfferings({ source: catalogue, clock }),
        listChangeableOfferings: createListChangeableOfferings({ catalogue, findCurrentProduct, clock }),
        listOrders: createListOrders(orderHistory),
        orderHistory,
        listNotices: createListNotices(notices),
        checkQualification: createCheckQualification({ ownCustomer, inspect, journal, newId }),
        requestProductChange: createRequestProductChange({
          ownCustomer,
          orders,
          journal,
          stepUps: createStepUpTokens({ publicKeys: config.stepUp.publicKeys, clock }),
          freeDifferenceWon: config.stepUp.freeDifferenceWon,
          inspect,
          send: (order, line) => inFlight.track(sendChange(order, line)),
          clock,
          sharedClock,
          newId,
          waitMs: config.orders.waitMs,
        }),
        listHeldOrders: createListHeldOrders({
          held: createHeldOrders(database),
          journal: operatorJournal,
          clock,
          newId,
        }),
        settleHeldOrder: createSettleHeldOrder({
          orders,
          journal: operatorJournal,
          kos,
          policy,
          events: settlementEvents,
          sharedClock,
          newId,
        }),
        clock,
      }),
      readiness: async () => ({
        database: await isReachable(() => database.$queryRaw`SELECT 1`, warn('the database cannot be reached')),
      }),
      staysReady: true,
      certificateFiles: config.certificateFiles,
      drainDelayMs: config.drainDelayMs,
      log,
    }),
    (opened) => opened.close(),
  );

  return {
    log,
    async listen(address) {
      const url = await server.listen(address);
      catalogueKeeper.start();
      reconciler.start();
      pruner.start();
      await messages.start();
      return url;
    },
    reconcile: () => reconciler.run(),
    tellResults: () => messages.drain(),
    close: () => life.close(),
  };
}

import {
  amqpUrl,
  certificateFiles,
  count,
  drainDelay,
  httpUrl,
  keyBytes,
  keyRing,
  logLevel,
  milliseconds,
  port,
  publicKey,
  publicKeys,
  readConfig,
} from '@supergraph/platform/config';
import { DAY_MS, MINUTE_MS } from '@supergraph/platform/time';
import { z } from 'zod';

/** The settings of the product subgraph, by the names of its environment. */
export const productConfigSchema = z
  .object({
    PRODUCT_HOST: z.string().default('127.0.0.1'),
    PRODUCT_PORT: port().default(4003),
    PRODUCT_DATABASE_URL: z.string(),
    PRODUCT_DATABASE_CONNECTIONS: count().default(10),
    REDIS_URL: z.string().optional(),
    CACHE_PREFIX: z.string().default('local:v1'),
    KOS_URL: httpUrl(),
    KOS_TIMEOUT_MS: milliseconds().default(3_000),
    KOS_CHANGE_TIMEOUT_MS: milliseconds().default(5_000),
    KOS_CALLS_PER_MINUTE: count().default(100),
    INSTANCES: count().default(1),
    CHANGE_CHECKS_PER_MINUTE: count().default(6),
    MVNO_AP_URL: httpUrl(),
    AMQP_URL: amqpUrl().optional(),
    MESSAGES_KEPT_DAYS: count().default(30),
    CATALOGUE_CHECK_MS: milliseconds().default(MINUTE_MS),
    ORDER_WAIT_MS: milliseconds().default(2_500),
    CHANGE_QUARANTINE_MS: milliseconds().default(120_000),
    HAND_OVER_AFTER_MS: milliseconds().default(86_400_000),
    RECONCILE_EVERY_MS: milliseconds().default(1_000),
    INTERNAL_TOKEN_PUBLIC_KEY: publicKey(),
    STEP_UP_PUBLIC_KEYS: publicKeys(),
    STEP_UP_MONTHLY_FEE_DIFFERENCE_WON: count().default(30_000),
    LINE_ID_KEY: keyBytes(32),
    FIELD_ENCRYPTION_KEYS: keyRing(),
    DRAIN_DELAY_MS: drainDelay(),
    LOG_LEVEL: logLevel().default('info'),
  })
  .transform((environment) => ({
    host: environment.PRODUCT_HOST,
    port: environment.PRODUCT_PORT,
    database: { url: environment.PRODUCT_DATABASE_URL, maxConnections: environment.PRODUCT_DATABASE_CONNECTIONS },
    /** Without Redis the cache lives in this process alone. */
    redisUrl: environment.REDIS_URL,
    /** Deployment and version: what shares one Redis must not share its keys. */
    cachePrefix: environment.CACHE_PREFIX,
    kos: {
      url: environment.KOS_URL,
      readTimeoutMs: environment.KOS_TIMEOUT_MS,
      changeTimeoutMs: environment.KOS_CHANGE_TIMEOUT_MS,
      callsPerMinute: environment.KOS_CALLS_PER_MINUTE,
      /** Billing and product both call KOS, each with as many instances, and are counted together. */
      callers: 2 * environment.INSTANCES,
    },
    changeChecks: {
      /** How often one customer may have KOS asked about a change, checked or ordered; each time is two calls. */
      perMinute: environment.CHANGE_CHECKS_PER_MINUTE,
      instances: environment.INSTANCES,
    },
    mvnoApUrl: environment.MVNO_AP_URL,
    messages: {
      /** Without a broker, messages go from the outbox to the inboxes within this process. */
      brokerUrl: environment.AMQP_URL,
      /** How long a message is known again after it was settled; longer than a broker can keep one back. */
      keptMs: environment.MESSAGES_KEPT_DAYS * DAY_MS,
    },
    /** How often it is seen to that the catalogue is at hand and new. */
    catalogueCheckMs: environment.CATALOGUE_CHECK_MS,
    orders: {
      /** How long whoever orders a change is kept waiting for its outcome. */
      waitMs: environment.ORDER_WAIT_MS,
      /** How long KOS may carry out a request that it has not in its books yet. */
      quarantineMs: environment.CHANGE_QUARANTINE_MS,
      /** How long KOS may be silent about an order before people are asked. */
      handOverAfterMs: environment.HAND_OVER_AFTER_MS,
      /** How often orders in doubt are looked for. */
      reconcileEveryMs: environment.RECONCILE_EVERY_MS,
    },
    internalTokenPublicKey: environment.INTERNAL_TOKEN_PUBLIC_KEY,
    stepUp: {
      /** Of auth; several while one takes the place of another. */
      publicKeys: environment.STEP_UP_PUBLIC_KEYS,
      /** A plan that costs so much more or less a month is ordered without the password; beyond, with it. */
      freeDifferenceWon: environment.STEP_UP_MONTHLY_FEE_DIFFERENCE_WON,
    },
    lineIdKey: environment.LINE_ID_KEY,
    fieldKeys: environment.FIELD_ENCRYPTION_KEYS,
    drainDelayMs: environment.DRAIN_DELAY_MS,
    logLevel: environment.LOG_LEVEL,
  }));

export type ProductConfig = z.output<typeof productConfigSchema> & z.output<ReturnType<typeof certificateFiles>>;

/** Reads the settings out of an environment. Throws ConfigError. */
export const readProductConfig = (environment: Readonly<Record<string, string | undefined>>): ProductConfig =>
  readConfig('product', z.intersection(productConfigSchema, certificateFiles('PRODUCT_')), environment);

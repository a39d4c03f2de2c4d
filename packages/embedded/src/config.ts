import { amqpUrl, flag, httpUrl, logLevel, port, readConfig } from '@supergraph/platform/config';
import { z } from 'zod';

/** A port that may be left to choose: 4xxx by habit, any free one when that is taken. */
const movable = () => port().optional();

const schema = z.object({
  GATEWAY_PORT: port().default(4000),
  GATEWAY_ADMIN_PORT: movable(),
  AUTH_PORT: movable(),
  BILLING_PORT: movable(),
  PRODUCT_PORT: movable(),
  KOS_PORT: movable(),
  KOS_ADMIN_PORT: movable(),
  MVNO_AP_PORT: movable(),
  MVNO_AP_ADMIN_PORT: movable(),
  POSTGRES_PORT: movable(),
  /** Where databases, journals and secrets are kept. */
  DATA_DIR: z.string().min(1).default('.data'),
  AUTH_DATABASE_URL: z.string().min(1).optional(),
  BILLING_DATABASE_URL: z.string().min(1).optional(),
  PRODUCT_DATABASE_URL: z.string().min(1).optional(),
  GATEWAY_DATABASE_URL: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  /** Without it, messages between services go from database to database. */
  AMQP_URL: amqpUrl().optional(),
  /** A KOS that runs elsewhere; without it the simulator is started. */
  KOS_URL: httpUrl().optional(),
  /** An MVNO AP server that runs elsewhere; without it the simulator is started. */
  MVNO_AP_URL: httpUrl().optional(),
  NODE_ENV: z.string().default('development'),
  /** Accounts that everybody knows the passwords of; by default with the embedded database alone, never in production. */
  DEMO_ACCOUNTS: flag().optional(),
  LOG_LEVEL: logLevel().default('warn'),
});

export type EmbeddedConfig = Readonly<z.output<typeof schema>>;

export const databaseUrls = [
  'AUTH_DATABASE_URL',
  'BILLING_DATABASE_URL',
  'PRODUCT_DATABASE_URL',
  'GATEWAY_DATABASE_URL',
] as const;

/** The addresses of real databases: all or none. */
const isComplete = (config: EmbeddedConfig): boolean => {
  const given = databaseUrls.filter((name) => config[name] !== undefined).length;
  return given === 0 || given === databaseUrls.length;
};

/** Known passwords do not belong where real customers are. */
const isCareful = (config: EmbeddedConfig): boolean =>
  !(config.NODE_ENV === 'production' && config.DEMO_ACCOUNTS === true);

/** Reads where things run. Throws ConfigError with every problem. */
export const readEmbeddedConfig = (env: Readonly<Record<string, string | undefined>>): EmbeddedConfig =>
  readConfig(
    'The supergraph',
    schema.refine(isCareful, { path: ['DEMO_ACCOUNTS'], error: 'must not be true in production' }).refine(isComplete, {
      path: ['AUTH_DATABASE_URL'],
      error: `and the others: set ${databaseUrls.join(', ')} or none`,
    }),
    env,
  );

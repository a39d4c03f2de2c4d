import { z } from 'zod';

/** A service cannot start: every problem of its environment, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(serviceName: string, problems: readonly string[]) {
    super([`${serviceName} cannot start:`, ...problems.map((problem) => `- ${problem}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a service's configuration out of an environment, once. Empty values count as absent.
 * Throws ConfigError with all problems at once; values are never repeated, since they may be secrets.
 */
export function readConfig<Schema extends z.ZodType>(
  serviceName: string,
  schema: Schema,
  environment: Environment,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.');
    const isMissing = !(name in given);
    return isMissing ? `${name} is missing` : `${name} ${issue.message}`;
  });
  throw new ConfigError(serviceName, problems);
}

const wholeNumber = (what: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be ${what}`)
    .transform(Number);

/** A TCP port; 0 lets the system choose a free one. */
export const port = () =>
  wholeNumber('a port from 0 to 65535').refine((n) => n <= 65_535, 'must be a port from 0 to 65535');

/** Whole milliseconds. */
export const milliseconds = () => wholeNumber('whole milliseconds');

const longestDrainDelayMs = 8_000;

/** How long a service that stops goes on accepting, in milliseconds (0 unless told): what is under way needs the rest of its 14 s. */
export const drainDelay = () =>
  milliseconds()
    .refine((ms) => ms <= longestDrainDelayMs, `must be at most ${longestDrainDelayMs}`)
    .default(0);

/** A count of something. */
export const count = () => wholeNumber('a whole number');

/** An absolute http or https address without a trailing slash. */
export const httpUrl = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).transform((url) => url.replace(/\/$/, ''));

/** Address and credentials of a RabbitMQ. */
export const amqpUrl = () => z.url({ protocol: /^amqps?$/, error: 'must be an amqp(s) address' });

/** `true` or `false`. */
export const flag = () => z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** How much is logged. */
export const logLevel = () =>
  z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent');

/** At least so many bytes of key material, written in base64. */
export const keyBytes = (minimumBytes: number) =>
  z
    .base64('must be base64')
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((key) => key.length >= minimumBytes, `must hold at least ${minimumBytes} bytes`);

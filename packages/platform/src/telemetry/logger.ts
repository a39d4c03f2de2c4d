import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretFields = ['password', 'accessToken', 'refreshToken', 'authorization', 'phoneNumber', 'lineNumber', 'name'];

/** A structured JSON logger; fields that may hold personal data or secrets are masked wherever they appear two levels deep. */
export function createLogger(options: {
  readonly service: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      base: { service: options.service },
      level: options.level,
      redact: { paths, censor: '***' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** An error as a log line may carry it: type, code and message of the chain, never the objects attached to it. */
export function describeError(error: unknown): { readonly error: string } {
  const parts: string[] = [];
  let current: unknown = error;
  while (current instanceof Error && parts.length < 5) {
    parts.push(`${current.name}: ${current.message}`);
    current = current.cause;
  }
  return { error: parts.length > 0 ? parts.join(' <- ') : typeof error };
}

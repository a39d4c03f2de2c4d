import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

import { scrubText } from '../privacy/index.ts';
import { withoutPersonalData } from './without-personal-data.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * A structured JSON logger whose lines hold no personal data and no secrets, whatever it is given: fields of sensitive
 * names are hidden at any depth, and texts scrubbed, also those of errors and their causes.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  return pino(
    {
      base: { service: options.service },
      level: options.level,
      formatters: { log: withoutPersonalData },
      serializers: { msg: (message: unknown) => (typeof message === 'string' ? scrubText(message) : message) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

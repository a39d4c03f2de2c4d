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
    options.destination ?? standardOutput(),
  );
}

/** What waits while nothing can be written; beyond it lines are lost. */
const longestBacklogBytes = 1_024 * 1_024;

/** A log that cannot be written, for a full disk or a reader that is gone, ends nothing but itself. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true, maxLength: longestBacklogBytes });
  output.on('error', () => undefined);
  return output;
}

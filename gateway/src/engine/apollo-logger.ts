import type { Logger } from '@supergraph/platform/telemetry';

/** What Apollo's own parts have to say goes to our log under one name. */
export const apolloLogger = (log: Logger) => ({
  debug: (message: unknown) => {
    log.debug({ message }, 'apollo');
  },
  info: (message: unknown) => {
    log.debug({ message }, 'apollo');
  },
  warn: (message: unknown) => {
    log.warn({ message }, 'apollo');
  },
  error: (message: unknown) => {
    log.error({ message }, 'apollo');
  },
});

import closeWithGrace from 'close-with-grace';

import { describeError, type Logger } from '../telemetry/index.ts';
import { SECOND_MS } from '../time/index.ts';

/** How long a service may take to stop. */
const graceMs = 14 * SECOND_MS;

/** Closes a service on SIGINT, SIGTERM or an uncaught error, within 14 s; further signals do not cut it short. */
export function closeOnSignals(close: () => Promise<void>, log: Logger): void {
  closeWithGrace({ delay: graceMs, logger: false }, async ({ signal, err }) => {
    if (err === undefined) log.info({ signal }, 'stopping');
    else log.fatal(describeError(err), 'stopping after an error nobody caught');
    await close();
    log.info({}, 'stopped');
  });
}

import { describeError, type Logger } from '../telemetry/index.ts';
import { SECOND_MS } from '../time/index.ts';

/** How long a service may take to stop. */
const graceMs = 14 * SECOND_MS;

/**
 * Closes a service on SIGINT, SIGTERM or an error nobody caught, then ends the process: within 14 s, whatever happens.
 * Further signals change nothing, since a terminal and npm both pass on the same Ctrl-C.
 */
export function closeOnSignals(close: () => Promise<void>, log: Logger): void {
  let isStopping = false;

  const stop = (exitCode: number): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => {
      log.fatal({ graceMs }, 'did not stop in time');
      process.exit(1);
    }, graceMs).unref();
    close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        log.fatal(describeError(error), 'failed to stop in order');
        process.exit(1);
      },
    );
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'stopping');
      stop(0);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal(describeError(error), 'an error nobody caught');
      stop(1);
    });
  }
}

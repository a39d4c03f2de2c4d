import { ConfigError } from '@supergraph/platform/config';
import { closeOnSignals, PortTaken } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { EmbeddedPostgresError } from '@supergraph/database/embedded-postgres';

import { banner } from './banner.ts';
import { readEmbeddedConfig } from './config.ts';
import { startSupergraph } from './start-supergraph.ts';

process.env['APOLLO_TELEMETRY_DISABLED'] ??= '1';

/** Failures that a sentence explains; for anything else the stack helps more. */
const isExplained = (error: unknown): error is Error =>
  error instanceof ConfigError || error instanceof PortTaken || error instanceof EmbeddedPostgresError;

try {
  const config = readEmbeddedConfig(process.env);
  const log = createLogger({ service: 'embedded', level: config.LOG_LEVEL });
  const supergraph = await startSupergraph({
    config,
    environment: process.env,
    say: (sentence) => {
      console.log(sentence);
    },
    onUnexpectedEnd: (lastWords) => {
      log.fatal({ lastWords }, 'the database ended; stopping everything');
      process.kill(process.pid, 'SIGTERM');
    },
  });
  closeOnSignals(() => supergraph.close(), log);
  console.log(
    banner({
      ...supergraph,
      hasSandbox: config.NODE_ENV !== 'production',
      startedInMs: process.uptime() * 1_000,
    }),
  );
} catch (error) {
  console.error(isExplained(error) ? error.message : error);
  process.exit(1);
}

import { createDatabaseClock } from '@supergraph/database/database-clock';
import { closeOnSignals } from '@supergraph/platform/server';
import { createLogger, describeError } from '@supergraph/platform/telemetry';

import { composeAuth } from './compose.ts';
import { readAuthConfig } from './config.ts';

const config = readAuthConfig(process.env);
const log = createLogger({ service: 'auth', level: config.logLevel });
const sharedClock = createDatabaseClock({
  url: config.database.url,
  onFailure(error) {
    log.warn(describeError(error), 'the database did not tell the time');
  },
});
await sharedClock.start();
const auth = await composeAuth(config, { sharedClock, log });
closeOnSignals(async () => {
  await auth.close();
  await sharedClock.stop();
}, log);
const url = await auth.listen({ host: config.host, port: config.port });
log.info({ url }, 'listening');

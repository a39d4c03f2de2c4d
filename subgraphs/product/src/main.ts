import { createDatabaseClock } from '@supergraph/database/database-clock';
import { closeOnSignals } from '@supergraph/platform/server';
import { createLogger, describeError } from '@supergraph/platform/telemetry';

import { composeProduct } from './compose.ts';
import { readProductConfig } from './config.ts';

const config = readProductConfig(process.env);
const log = createLogger({ service: 'product', level: config.logLevel });
const sharedClock = createDatabaseClock({
  url: config.database.url,
  onFailure(error) {
    log.warn(describeError(error), 'the database did not tell the time');
  },
});
await sharedClock.start();
const product = await composeProduct(config, { sharedClock, log });
closeOnSignals(async () => {
  await product.close();
  await sharedClock.stop();
}, log);
const url = await product.listen({ host: config.host, port: config.port });
log.info({ url }, 'listening');

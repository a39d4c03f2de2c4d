import { closeOnSignals } from '@supergraph/platform/server';

import { composeBilling } from './compose.ts';
import { readBillingConfig } from './config.ts';

const config = readBillingConfig(process.env);
const billing = await composeBilling(config);
closeOnSignals(billing.close, billing.log);
const url = await billing.listen({ host: config.host, port: config.port });
billing.log.info({ url }, 'listening');

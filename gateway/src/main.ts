import { closeOnSignals } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';

import { composeGateway } from './compose.ts';
import { readGatewayConfig } from './config.ts';

// Read by @apollo/gateway itself, which would otherwise report to its vendor.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

const config = readGatewayConfig(process.env);
const log = createLogger({ service: 'gateway', level: config.logLevel });
const gateway = await composeGateway(config, { log });
closeOnSignals(() => gateway.close(), log);
// without a certificate the signal ends the process, as it does when its terminal is closed
if (config.certificateFiles !== undefined) {
  process.on('SIGHUP', () => {
    gateway.reloadCertificate();
  });
}
await gateway.warmUp();
const adminUrl = await gateway.listenForAdmin(config.admin);
log.info({ url: await gateway.listen(config), adminUrl }, 'listening');

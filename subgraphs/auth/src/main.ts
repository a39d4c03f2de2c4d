import { closeOnSignals } from '@supergraph/platform/server';

import { composeAuth } from './compose.ts';
import { readAuthConfig } from './config.ts';

const config = readAuthConfig(process.env);
const auth = await composeAuth(config);
closeOnSignals(auth.close, auth.log);
const url = await auth.listen({ host: config.host, port: config.port });
auth.log.info({ url }, 'listening');

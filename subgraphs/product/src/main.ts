import { closeOnSignals } from '@supergraph/platform/server';

import { composeProduct } from './compose.ts';
import { readProductConfig } from './config.ts';

const config = readProductConfig(process.env);
const product = await composeProduct(config);
closeOnSignals(product.close, product.log);
const url = await product.listen({ host: config.host, port: config.port });
product.log.info({ url }, 'listening');

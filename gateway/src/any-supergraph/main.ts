import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { generateSigningKeyPem } from '@supergraph/platform/identity';
import { closeOnSignals } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';

import { composeGateway } from '../compose.ts';
import { readGatewayConfig } from '../config.ts';
import { fileOrigin } from '../engine/supergraph-origin.ts';

const usage = `Runs this gateway on any composed supergraph.

  npm run gateway -- --supergraph FILE [--port N] [--host H] [--open]

  --supergraph FILE  the composed SDL; it is watched, and served anew when it changes
  --port N           where to answer /graphql and /readyz (default 4000)
  --host H           the address to listen on (default 127.0.0.1)
  --open             for graphs that are not ours: nobody signs in and no policy holds, but every limit and all error
                     handling does; refused when NODE_ENV is production
`;

function say(problem: string): never {
  process.stderr.write(`${problem}\n\n${usage}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        supergraph: { type: 'string' },
        port: { type: 'string', default: '4000' },
        host: { type: 'string', default: '127.0.0.1' },
        open: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return say(error instanceof Error ? error.message : String(error));
  }
}

// Read by @apollo/gateway itself, which would otherwise report to its vendor.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

const { supergraph, port, host, open } = readOptions();
if (supergraph === undefined) say('Which supergraph?');
if (!existsSync(supergraph)) say(`There is no file ${supergraph}.`);
if (open && process.env['NODE_ENV'] === 'production') say('--open is not for production.');

const ownKey = open ? { INTERNAL_TOKEN_PRIVATE_KEY: Buffer.from(generateSigningKeyPem()).toString('base64') } : {};
const config = readGatewayConfig({
  ...process.env,
  ...ownKey,
  GATEWAY_HOST: host,
  GATEWAY_PORT: port,
  ...(open && { DRAIN_DELAY_MS: '0', RATE_LIMITS: 'off', AUDIT: 'off' }),
});
const log = createLogger({ service: 'gateway', level: config.logLevel });
const gateway = await composeGateway(config, { log, origin: fileOrigin(supergraph), isOpen: open });
closeOnSignals(() => gateway.close(), log);
log.info({ url: await gateway.listen(config), supergraph, open }, 'listening');

import { randomBytes } from 'node:crypto';

import { makeSecrets } from './secrets.ts';

/** `npm run --silent keys > .env`: fresh secrets for docker compose. */
const variables = { ...makeSecrets(), POSTGRES_PASSWORD: randomBytes(24).toString('hex') };
for (const [name, value] of Object.entries(variables)) console.log(`${name}=${value}`);

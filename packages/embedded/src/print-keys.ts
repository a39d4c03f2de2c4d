import { randomBytes } from 'node:crypto';

import { makeSecrets } from './secrets.ts';

/** `npm run --silent keys > .env`: fresh secrets for docker compose. */
const aPassword = (): string => randomBytes(24).toString('hex');
const variables = { ...makeSecrets(), POSTGRES_PASSWORD: aPassword(), RABBITMQ_PASSWORD: aPassword() };
for (const [name, value] of Object.entries(variables)) console.log(`${name}=${value}`);

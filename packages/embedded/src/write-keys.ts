import { completeEnvFile } from './env-file.ts';

/** `npm run keys [-- FILE]`: puts the secrets that docker compose needs into .env; those that are there stay as they are. */
const [file = '.env'] = process.argv.slice(2);
const made = completeEnvFile(file);
console.log(made.length === 0 ? `${file} has all it needs` : `${file}: made ${made.join(', ')}`);

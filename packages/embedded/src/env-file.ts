import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { completeSecrets } from './secrets.ts';
import { writeSecretFile } from './secret-file.ts';

const aPassword = (): string => randomBytes(24).toString('hex');

/**
 * Adds to an env file what it lacks of a supergraph's secrets, and changes nothing that is there: data sealed with a key
 * that is gone cannot be read again. Tells the names of those that were made.
 */
export function completeEnvFile(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const kept = parseEnv(text);
  const needed = {
    ...completeSecrets(kept),
    POSTGRES_PASSWORD: kept['POSTGRES_PASSWORD'] ?? aPassword(),
    RABBITMQ_PASSWORD: kept['RABBITMQ_PASSWORD'] ?? aPassword(),
  };
  const made = Object.entries(needed).filter(([name]) => kept[name] === undefined);
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  writeSecretFile(file, text + separator + made.map(([name, value]) => `${name}=${value}\n`).join(''));
  return made.map(([name]) => name);
}

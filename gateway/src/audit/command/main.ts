import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isExplained } from '@supergraph/database/backup/command';
import { dataFolder, withDatabases } from '@supergraph/database/backup/find-databases';
import { parseKeyRing, type KeyRing } from '@supergraph/platform/encryption';
import { z } from 'zod';

import { createChain } from '../chain.ts';
import { openAuditArchive } from '../storage/audit-database.ts';
import { runAuditCommand } from './run-command.ts';
import { CommandMisread, readCommand, usage, type Command } from './read-command.ts';

const secretsSchema = z.object({ AUDIT_CHAIN_KEYS: z.string() });

// npm run audit: checks the record of who saw whose data, answers questions from it, and removes what is old enough.
// Ends with 0 when all is well, 1 when the chain is broken or cannot be read, 2 when it did not understand.
process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  try {
    const command = readCommand(words);
    const keys = readKeys();
    const wish = { environment: process.env, only: ['gateway'], mayMake: false, say: console.error } as const;
    return await withDatabases(wish, ([database]) => carryOut(command, { keys, url: database?.url ?? '' }));
  } catch (error) {
    if (error instanceof CommandMisread) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    console.error(isExplained(error) ? error.message : error);
    return 1;
  }
}

async function carryOut(
  command: Command,
  { keys, url }: { readonly keys: KeyRing; readonly url: string },
): Promise<number> {
  const onError = (error: Error) => {
    console.error(error.message);
  };
  const database = openAuditArchive({ url, maxConnections: 2, onError });
  try {
    const by = { database, chain: createChain(keys), keys, now: new Date(), say: console.log };
    return await runAuditCommand(command, by);
  } finally {
    await database.$disconnect();
  }
}

/** Where the gateway has them, or where `npm start` keeps them. */
function readKeys(): KeyRing {
  const given = process.env['AUDIT_CHAIN_KEYS'];
  if (given !== undefined && given !== '') return parseKeyRing(given);
  const file = join(dataFolder(process.env), 'secrets.json');
  const secrets: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return parseKeyRing(secretsSchema.parse(secrets).AUDIT_CHAIN_KEYS);
}

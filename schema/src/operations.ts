import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { clientsIn, operationsFolder, printManifest, versionsOf } from './operation-manifest.ts';
import { registerOperations } from './register-operations.ts';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    /** Begins a version: from then on the manifest before it is what is out there, and is not written again. */
    release: { type: 'string' },
    client: { type: 'string' },
  },
});

const documentsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));

for (const client of clientsIn(operationsFolder)) {
  const folder = join(operationsFolder, client);
  const documents = documentsIn(folder);
  // a client of somebody else hands in finished manifests
  if (documents.length === 0) continue;
  const begun = options.client === undefined || options.client === client ? options.release : undefined;
  const version = begun ?? versionsOf(folder).at(-1) ?? '1.0.0';
  const file = join(folder, `${version}.json`);
  const manifest = printManifest(registerOperations(documents));
  if (!options.check) {
    writeFileSync(file, manifest);
    console.log(`Registered ${file}`);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== manifest) {
    console.error(`${file} is out of date: run \`npm run operations\` and commit the result.`);
    process.exitCode = 1;
  }
}

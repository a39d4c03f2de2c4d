import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { actors, errorCatalogue } from './error-catalogue.ts';
import { clientModule, clientTypes } from './error-codes/client-package.ts';
import { findCodeUses } from './error-codes/code-uses.ts';
import { referencePage } from './error-codes/reference-page.ts';

/** `npm run errors`: writes what others read of the error catalogue; with `--check`, only says what is out of date. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const texts: Readonly<Record<string, string>> = {
  'packages/error-codes/index.js': clientModule(errorCatalogue),
  'packages/error-codes/index.d.ts': clientTypes(errorCatalogue, actors),
  'docs/errors.md': referencePage(errorCatalogue, actors, findCodeUses(root)),
};

for (const [name, text] of Object.entries(texts)) {
  const file = join(root, name);
  const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (!options.check) {
    writeFileSync(file, formatted);
    console.log(`Wrote ${name}`);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== formatted) {
    console.error(`${name} is out of date: run \`npm run errors\` and commit the result.`);
    process.exitCode = 1;
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { CompositionFailed, composeSupergraph } from './compose-supergraph.ts';
import { readRoverConfig } from './read-rover-config.ts';

const atRoot = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    config: { type: 'string', default: atRoot('rover.yaml') },
    out: { type: 'string', default: atRoot('schema/supergraph.graphql') },
  },
});

try {
  const { supergraphSdl, hints } = composeSupergraph(readRoverConfig(options.config).subgraphs);
  for (const hint of hints) console.warn(hint);
  if (!options.check) {
    writeFileSync(options.out, supergraphSdl);
    console.log(`Composed ${options.out}`);
  } else if (readFileSync(options.out, 'utf8') !== supergraphSdl) {
    console.error(`${options.out} is out of date: run \`npm run compose\` and commit the result.`);
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof CompositionFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

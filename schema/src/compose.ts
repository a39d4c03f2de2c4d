import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { CompositionFailed, composeSupergraph, type Composed } from './compose-supergraph.ts';
import type { PolicyMap } from './field-policies.ts';
import { readRoverConfig } from './read-rover-config.ts';

const atRoot = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    config: { type: 'string', default: atRoot('rover.yaml') },
    out: { type: 'string', default: atRoot('schema') },
  },
});

/** One field a line, so that a change of who may see what is read as such. */
const onLines = (policies: PolicyMap): string => {
  const lines = Object.entries(policies).map((entry) => entry.map((part) => JSON.stringify(part)).join(': '));
  return `{\n  ${lines.join(',\n  ')}\n}\n`;
};

const filesOf = ({ supergraphSdl, runtimeSdl, policies }: Composed): Readonly<Record<string, string>> => ({
  'supergraph.graphql': supergraphSdl,
  'supergraph.runtime.graphql': runtimeSdl,
  'policies.json': onLines(policies),
});

try {
  const composed = composeSupergraph(readRoverConfig(options.config).subgraphs);
  for (const hint of composed.hints) console.warn(hint);
  for (const [name, text] of Object.entries(filesOf(composed))) {
    const file = resolve(options.out, name);
    if (!options.check) {
      writeFileSync(file, text);
      console.log(`Composed ${file}`);
    } else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${file} is out of date: run \`npm run compose\` and commit the result.`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof CompositionFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

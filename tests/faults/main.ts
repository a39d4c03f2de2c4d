import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';
import { z } from 'zod';

import { readFaultLines, reportVariable, type FaultLine } from './kit/fault-lines.ts';
import { describeMachine, faultTable } from './kit/fault-table.ts';

/** `npm run test:faults [-- <part of a file's name>…] [--write]`: runs the faults one by one and prints one table. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = join(root, 'docs', 'faults.md');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isToBeWritten = filters.length === 0 || process.argv.includes('--write');

const jestResult = z.object({
  success: z.boolean(),
  testResults: z.array(z.object({ name: z.string(), status: z.string() })),
});

const folder = mkdtempSync(join(tmpdir(), 'supergraph-faults-'));
const [report, outcome] = [join(folder, 'rows.jsonl'), join(folder, 'outcome.json')];
writeFileSync(report, '');

// One worker that is renewed when it has grown too big: a file loads the whole product anew.
const options = ['--config=jest.faults.config.js', '--maxWorkers=1', '--workerIdleMemoryLimit=1500MB'];
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...options,
    '--json',
    `--outputFile=${outcome}`,
    ...filters,
  ],
  { cwd: root, env: { ...process.env, [reportVariable]: report }, stdio: ['ignore', 'ignore', 'inherit'] },
);
await once(jest, 'exit');

const { success, testResults } = jestResult.parse(JSON.parse(readFileSync(outcome, 'utf8')));
const lines = readFaultLines(report);
rmSync(folder, { recursive: true });

const silent = testResults.filter(({ name }) => !lines.some((line) => line.file === name));
const isHarmful = (line: FaultLine): boolean => line.wrong + line.lost + line.duplicated + line.falselyFailed > 0;
const table = faultTable(lines, { on: new Date(), machine: describeMachine() });

console.log(`\n${table}\n`);
for (const { name } of silent) console.error(`${relative(root, name)} reported nothing`);
const isGood = success && testResults.length > 0 && silent.length === 0 && !lines.some(isHarmful);

if (isGood && isToBeWritten) {
  const text = ['# Faults', '', 'Written by `npm run test:faults`; decision 0015 says how it is measured.', '', table];
  writeFileSync(document, await format(text.join('\n'), { parser: 'markdown' }));
}
process.exitCode = isGood ? 0 : 1;

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { format } from 'prettier';

import { describeMachine } from '../faults/kit/fault-table.ts';
import type { Attack } from './kit/attack.ts';
import { startInnocent } from './kit/innocent.ts';
import { openTarget, warmUp } from './kit/open-target.ts';
import { innocentWithinMs, runAttacks } from './kit/run-attacks.ts';
import { startProduct } from './kit/start-product.ts';
import { outcomeLine, threatTable } from './kit/threat-table.ts';

/**
 * `npm run test:attack [-- <part of a file's name>…] [--write] [--log FILE] [--url ADDRESS [--kos ADDRESS]]`: attacks the
 * product, as `npm start` brings it up (and keeps its log) or as it runs at an address, and prints what came of each attack.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = new URL('./attacks/', import.meta.url);
const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    kos: { type: 'string' },
    log: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const isWanted = (file: string): boolean => filters.length === 0 || filters.some((filter) => file.includes(filter));
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && isWanted(file));
const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
const attacks = modules.map(({ attack }: { attack: Attack }) => attack);

const product = options.url === undefined ? await startProduct() : null;
const url = new URL(options.url ?? product?.url ?? '').origin;
const target = openTarget({
  url,
  kosAdminUrl: options.kos ?? product?.own.others['KOS admin'] ?? null,
  own: product?.own ?? null,
  ...(product !== null && { pid: product.pid }),
});
const innocent = await startInnocent(url, product?.pid ?? null);
await warmUp(target);
innocent.begin();
await pause(3_000);
const { slowestMs: usualWaitMs } = await innocent.end();
console.log(`Without any attack somebody innocent waits ${Math.round(usualWaitMs)} ms at most.`);

const outcomes = await runAttacks({
  attacks,
  target,
  innocent,
  innocentWithinMs: Math.max(innocentWithinMs, 2 * usualWaitMs),
  report: (outcome) => {
    console.log(outcomeLine(outcome));
    for (const finding of outcome.findings) console.log(`       ${finding}`);
  },
}).finally(async () => {
  innocent.close();
  if (options.log !== undefined && product !== null) writeFileSync(options.log, product.own.log());
  await product?.close();
});

const isGood = outcomes.length > 0 && outcomes.every(({ verdict }) => verdict === 'held');
if (options.write || (isGood && filters.length === 0 && product !== null)) {
  const table = threatTable(outcomes, { on: new Date(), machine: describeMachine() });
  const text = [
    '# Threats',
    '',
    'Written by `npm run test:attack`, which tries each of them on the running product. The last column is the longest that',
    'anybody beside the attack waited for the event loop. Times are without those for which the machine gave no processor.',
    '',
    table,
  ];
  writeFileSync(join(root, 'docs', 'threats.md'), await format(text.join('\n'), { parser: 'markdown' }));
}
process.exitCode = outcomes.some(({ verdict }) => verdict === 'broken') || outcomes.length === 0 ? 1 : 0;

import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

const logger = fileURLToPath(new URL('./index.ts', import.meta.url));
const work = `
  const { createLogger } = await import(${JSON.stringify(logger)});
  const log = createLogger({ service: 'test', level: 'info' });
  const before = process.memoryUsage().rss;
  for (let line = 0; line < 20_000; line += 1) log.info({ line, filler: 'x'.repeat(4_000) }, 'a line');
  const grownMiB = (process.memoryUsage().rss - before) / 1_048_576;
  process.stderr.write(JSON.stringify({ isAlive: true, grownMiB }));
`;

describe('A service whose log cannot be written', () => {
  it('goes on, and keeps no more of it than a little', () => {
    // every write to this device fails as if the disk were full
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', work], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect([status, stderr]).toEqual([0, expect.stringContaining('"isAlive":true')]);
    const { grownMiB } = JSON.parse(stderr) as { readonly grownMiB: number };
    expect(grownMiB).toBeLessThan(60);
  });
});

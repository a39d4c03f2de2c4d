import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const listening = z.object({ msg: z.literal('listening'), url: z.string() });

/** The service as it is started anywhere else: a process of its own, which can be killed. */
export async function aProductProcess(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { PRODUCT_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');

  async function address(): Promise<string> {
    for await (const line of createInterface({ input: child.stdout })) {
      const said = listening.safeParse(JSON.parse(line));
      if (said.success) return said.data.url;
    }
    throw new Error('the process ended before it listened');
  }

  return {
    url: await address(),
    /** kill -9 */
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

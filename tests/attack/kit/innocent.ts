import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

const waitsSchema = z.object({ answered: z.number(), slowestMs: z.number(), failed: z.number() });

/** How somebody innocent fared while an attack went on. */
export type Waits = z.output<typeof waitsSchema>;

export interface Innocent {
  /** Forgets what was before. */
  begin(): void;
  end(): Promise<Waits>;
  close(): void;
}

/** Sets somebody innocent to work; resolves when they were answered for the first time. */
export async function startInnocent(url: string, gatewayPid: number | null): Promise<Innocent> {
  const child = fork(
    fileURLToPath(new URL('./innocent-process.ts', import.meta.url)),
    [url, String(gatewayPid ?? '')],
    {
      execArgv: ['--import', 'tsx'],
    },
  );
  await once(child, 'message', { signal: AbortSignal.timeout(30_000) });
  return {
    begin: () => void child.send('begin'),
    async end() {
      child.send('end');
      const [waits] = (await once(child, 'message')) as unknown[];
      return waitsSchema.parse(waits);
    },
    close: () => void child.kill(),
  };
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections and to whoever takes any: there nobody else comes by chance. */
const lowest = 15_000;
const highest = 32_000;

/** Whether nobody listens on a TCP port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** Nobody here gets one that another has been told and may not listen on yet. */
const told = new Set<number>();

/** A TCP port of 127.0.0.1 that is free now; whoever wants it must cope with losing the race for it to another process. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (told.has(port)) continue;
    told.add(port);
    if (await isPortFree(port)) return port;
  }
}

import type { Clock } from '@supergraph/platform/time';
import type { FastifyInstance } from 'fastify';

/** Whether a subgraph answers. */
export type SubgraphHealth = 'up' | 'down';

type Probe = () => Promise<boolean>;

/** However often health is asked for, the subgraphs are asked once in this time. */
const reliedOnMs = 1_000;

/**
 * Serves /health: whether the gateway runs and which subgraphs answer it. A subgraph that does not makes the answer
 * "degraded", still with status 200, since the gateway goes on serving the others.
 */
export function serveHealth(
  app: FastifyInstance,
  by: { readonly probes: Readonly<Record<string, Probe>>; readonly clock: Clock },
): void {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let latest: Promise<Readonly<Record<string, SubgraphHealth>>> | null = null;

  async function askAll(): Promise<Readonly<Record<string, SubgraphHealth>>> {
    const answers = Object.entries(by.probes).map(async ([name, probe]) => {
      const isUp = await probe().catch(() => false);
      return [name, isUp ? 'up' : 'down'] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }

  app.get('/health', async () => {
    const nowMs = by.clock.now().getTime();
    if (latest === null || nowMs - askedAtMs >= reliedOnMs) {
      askedAtMs = nowMs;
      latest = askAll();
    }
    const subgraphs = await latest;
    const isDegraded = Object.values(subgraphs).includes('down');
    return { status: isDegraded ? 'degraded' : 'ok', subgraphs };
  });
}

import { SECOND_MS, type Clock } from '@supergraph/platform/time';
import type { FastifyInstance } from 'fastify';

import { isRecent } from '../identity/is-recent.ts';
import type { Connection } from '../subgraphs/connection.ts';
import { within } from '../subgraphs/within.ts';

type SubgraphHealth = 'up' | 'down';
type AllHealth = Readonly<Record<string, SubgraphHealth>>;

const probeTimeoutMs = SECOND_MS;
/** However often health is asked for, the subgraphs are asked once in this time. */
const reliedOnMs = SECOND_MS;

async function probe(connection: Connection): Promise<SubgraphHealth> {
  try {
    const { status } = await within({ timeoutMs: probeTimeoutMs }, (signal) =>
      connection.exchange({ method: 'GET', path: '/livez', signal }),
    );
    return status === 200 ? 'up' : 'down';
  } catch {
    return 'down';
  }
}

async function probeAll(connections: Readonly<Record<string, Connection>>): Promise<AllHealth> {
  const probes = Object.entries(connections).map(
    async ([name, connection]) => [name, await probe(connection)] as const,
  );
  return Object.fromEntries(await Promise.all(probes));
}

/**
 * Serves /health: whether the gateway runs and which subgraphs answer it. One that does not makes the answer "degraded",
 * still with status 200, since the gateway goes on serving the others.
 */
export function serveHealth(
  app: FastifyInstance,
  by: { readonly connections: () => Readonly<Record<string, Connection>>; readonly clock: Clock },
): void {
  let latest: { readonly health: Promise<AllHealth>; readonly askedAtMs: number } | null = null;

  app.get('/health', async () => {
    if (latest === null || !isRecent(by.clock, latest.askedAtMs, reliedOnMs)) {
      latest = { health: probeAll(by.connections()), askedAtMs: by.clock.now().getTime() };
    }
    const subgraphs = await latest.health;
    const isDegraded = Object.values(subgraphs).includes('down');
    return { status: isDegraded ? 'degraded' : 'ok', subgraphs };
  });
}

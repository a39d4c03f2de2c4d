import type { Logger } from '@supergraph/platform/telemetry';

import type { LoadedSupergraph } from './load-supergraph.ts';
import { rehearse, type KnownOperation } from './rehearse.ts';

/** What the engine runs this often is compiled; further rounds make it no faster. */
const rounds = 3;

/**
 * Plans the operations that clients are known to send, before the first client is let in: they would otherwise wait for
 * plans, and everybody beside them for a planner that nothing has compiled yet. The plans are kept.
 */
export async function warmUp(
  supergraph: LoadedSupergraph,
  operations: readonly KnownOperation[],
  log: Logger,
): Promise<void> {
  // a plan is kept by the text of its operation: spelled anew, it is planned anew, and as it is at last
  const spelled = Array.from({ length: rounds }, (_, round) =>
    operations.map(({ name, body }) => ({ name, body: body + ' '.repeat(rounds - 1 - round) })),
  );
  const outcomes = await rehearse(supergraph, spelled.flat(), log);
  const broken = new Set(outcomes.filter(({ fetches }) => fetches === null).map(({ operation }) => operation.name));
  if (broken.size > 0) log.error({ operations: [...broken] }, 'operations that clients send do not fit the supergraph');
}

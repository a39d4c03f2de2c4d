import type { Lifecycle } from '@supergraph/platform/server';
import { createGuard, type Circuits } from '@supergraph/platform/resilience';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { LongWaits } from '../overload/long-waits.ts';
import { connectionsFor, policyOf, type SubgraphPolicy } from '../subgraph-policy.ts';
import type { Supergraph } from '../supergraph.ts';
import { createAbsence, outwaitAbsence } from './absence.ts';
import { connectTo, type Connection } from './connection.ts';
import { createGuardedExchange, type GuardedExchange } from './guarded-exchange.ts';
import { createRetryBudget } from './retry-budget.ts';
import { within } from './within.ts';

/** How to reach one subgraph. */
export interface Way {
  readonly policy: SubgraphPolicy;
  /** For fetches: bounded, guarded, retried where that is safe. */
  readonly exchange: GuardedExchange;
  /** For questions beside the graph, each answered in a second once the subgraph is there. */
  readonly desk: Connection;
  /** As it is, for whoever wants to know whether the subgraph is there. */
  readonly connection: Connection;
}

/** The ways to all subgraphs. */
export interface Ways {
  readonly connections: Readonly<Record<string, Connection>>;
  /** Throws when the supergraph has no subgraph of that name. */
  to(subgraph: string): Way;
}

interface Means {
  readonly queryTimeoutMs: number;
  readonly circuits: Circuits;
  readonly longWaits: LongWaits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly life: Lifecycle;
}

const deskTimeoutMs = SECOND_MS;

const hasty = (connection: Connection): Connection => ({
  ...connection,
  exchange: ({ signal, ...request }) =>
    within({ timeoutMs: deskTimeoutMs, outer: signal }, (inTime) =>
      connection.exchange({ ...request, signal: inTime }),
    ),
});

function wayTo(name: string, url: string, means: Means): Way {
  const { circuits, longWaits, clock, random, life } = means;
  const policy = policyOf(name, means.queryTimeoutMs);
  const { places, breaker, maxAnswerBytes } = policy;
  const connection = life.own(
    connectTo(new URL(url).origin, { maxConnections: connectionsFor(policy), maxAnswerBytes }),
    (open) => open.close(),
  );
  const absence = life.own(createAbsence(connection, { policy: policy.absence, random }), (watch) => {
    watch.close();
  });
  const guardOf = (kind: 'query' | 'mutation') =>
    life.own(
      createGuard({
        name: `${name} ${kind}`,
        policy: { timeoutMs: policy[`${kind}TimeoutMs`], bulkhead: places[kind], breaker },
        circuits,
        clock,
      }),
      (guard) => {
        guard.dispose();
      },
    );
  const guarded = createGuardedExchange({
    connection: outwaitAbsence(connection, absence),
    guards: { query: guardOf('query'), mutation: guardOf('mutation') },
    retries: createRetryBudget(policy.retryPercent / 100),
    random,
  });
  const exchange: GuardedExchange = (request, terms) => longWaits.during(guarded(request, terms));
  return { policy, exchange, desk: outwaitAbsence(hasty(connection), absence), connection };
}

/** Prepares the ways to every subgraph; no connection is opened before it is needed. */
export function connectSubgraphs({ subgraphs }: Supergraph, means: Means): Ways {
  const ways = new Map(subgraphs.map(({ name, url }) => [name, wayTo(name, url, means)]));
  return {
    connections: Object.fromEntries([...ways].map(([name, { connection }]) => [name, connection])),
    to: (name) => {
      const way = ways.get(name);
      if (way === undefined) throw new Error(`the supergraph has no subgraph ${name}`);
      return way;
    },
  };
}

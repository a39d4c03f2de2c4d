import type { Lifecycle } from '@supergraph/platform/server';

import { policyOf, type SubgraphPolicy } from '../subgraph-policy.ts';
import type { Supergraph } from '../supergraph.ts';
import { connectTo, type Connection } from './connection.ts';

/** How to reach one subgraph. */
export interface Way {
  readonly policy: SubgraphPolicy;
  readonly connection: Connection;
}

/** The ways to all subgraphs. */
export interface Ways {
  readonly connections: Readonly<Record<string, Connection>>;
  /** Throws when the supergraph has no subgraph of that name. */
  to(subgraph: string): Way;
}

/** Prepares a set of connections to every subgraph; none is opened before it is needed. */
export function connectSubgraphs(
  { subgraphs }: Supergraph,
  by: { readonly queryTimeoutMs: number; readonly life: Lifecycle },
): Ways {
  const ways = new Map(
    subgraphs.map(({ name, url }): [string, Way] => {
      const policy = policyOf(name, by.queryTimeoutMs);
      const connection = by.life.own(connectTo(new URL(url).origin, policy), (open) => open.close());
      return [name, { policy, connection }];
    }),
  );
  return {
    connections: Object.fromEntries([...ways].map(([name, { connection }]) => [name, connection])),
    to: (name) => {
      const way = ways.get(name);
      if (way === undefined) throw new Error(`the supergraph has no subgraph ${name}`);
      return way;
    },
  };
}

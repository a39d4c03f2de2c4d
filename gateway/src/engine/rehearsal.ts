import type { Experimental_DidResolveQueryPlanCallback } from '@apollo/gateway';

type QueryPlan = Parameters<Experimental_DidResolveQueryPlanCallback>[0]['queryPlan'];

/** What a rehearsed operation turned out to need. */
export interface Rehearsal {
  /** How many fetches its plan has; null while it has none. */
  fetches: number | null;
}

/** Ends a rehearsal once there is a plan; it never reaches a subgraph. */
export class RehearsalOver extends Error {}

/** Counts the fetches of a plan. */
export function countFetches(node: QueryPlan['node']): number {
  if (node === undefined) return 0;
  switch (node.kind) {
    case 'Fetch':
      return 1;
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((sum, inner) => sum + countFetches(inner), 0);
    case 'Flatten':
      return countFetches(node.node);
    case 'Condition':
      return countFetches(node.ifClause) + countFetches(node.elseClause);
    case 'Defer':
    case 'Subscription':
      throw new Error(`@apollo/gateway does not run a ${node.kind}`);
  }
}

import type { DirectiveMap } from '@supergraph/schema/directive-map';
import { Kind, type GraphQLSchema } from 'graphql';

import type { Selected } from '../operation/expand-operation.ts';
import { countCost } from './count-cost.ts';
import { estimateCost, type WrittenOut } from './estimate-cost.ts';
import { readPrices, type Prices } from './prices.ts';

/** What operations on one schema cost, before and after. */
export interface Costs {
  /** The most it may cost if lists are no longer than declared. */
  estimate(operation: WrittenOut): number;
  /** What its answer did cost. */
  count(operation: WrittenOut, data: unknown): number;
}

/** Whether the same document can cost more or less by the values of its variables. */
function dependsOnVariables(selections: readonly Selected[], prices: Prices): boolean {
  return selections.some((selected) => {
    if ((selected.node.directives ?? []).length > 0 || dependsOnVariables(selected.selections, prices)) return true;
    if (selected.kind === 'fragment' || selected.definition === null) return false;
    const { listSize, argumentWeights } = prices.of(selected.parent, selected.definition);
    return (selected.node.arguments ?? []).some(
      ({ name, value }) =>
        value.kind === Kind.VARIABLE &&
        (listSize.slicingArguments.includes(name.value) || argumentWeights.has(name.value)),
    );
  });
}

/** Compiles the prices of a schema; an operation whose variables do not matter is estimated once. */
export function createCosts(schema: GraphQLSchema, directives: DirectiveMap): Costs {
  const prices = readPrices(schema, directives);
  const estimates = new WeakMap<readonly Selected[], number | 'varies'>();
  return {
    estimate(operation) {
      const known = estimates.get(operation.selections);
      if (typeof known === 'number') return known;
      const cost = estimateCost(operation, prices);
      if (known === undefined) {
        estimates.set(operation.selections, dependsOnVariables(operation.selections, prices) ? 'varies' : cost);
      }
      return cost;
    },
    count: (operation, data) => countCost(operation, prices, data),
  };
}

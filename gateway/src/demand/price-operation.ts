import type { DirectiveMap } from '@supergraph/schema/directive-map';
import { getVariableValues, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

import { expandOperation, type Selected } from '../operation/expand-operation.ts';
import { fragmentsOf } from '../operation/fragments.ts';
import { createCosts, type Costs } from './costs.ts';

/** A schema and what it says about cost. */
export interface PricedSchema {
  readonly schema: GraphQLSchema;
  readonly directives: DirectiveMap;
}

/** A valid operation as a request asks for it. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What an operation costs. */
export interface OperationCost {
  readonly estimated: number;
  /** What it did cost, told from the data of its answer. */
  actual(data: unknown): number;
}

/** Prices an operation; one whose variables do not fit costs nothing, since the engine will refuse it. */
export type PriceOperation = (on: PricedSchema, asked: AskedOperation) => OperationCost;

const free: OperationCost = { estimated: 0, actual: () => 0 };

interface Remembered {
  readonly costs: Costs;
  readonly selections: WeakMap<OperationDefinitionNode, readonly Selected[]>;
}

/** Makes the pricing of operations; what holds for a schema, and for an operation on it, is found out once. */
export function createOperationPricing(): PriceOperation {
  const known = new WeakMap<PricedSchema, Remembered>();

  function rememberedFor(on: PricedSchema): Remembered {
    const earlier = known.get(on);
    if (earlier !== undefined) return earlier;
    const made: Remembered = { costs: createCosts(on.schema, on.directives), selections: new WeakMap() };
    known.set(on, made);
    return made;
  }

  return (on, { document, operation, variables }) => {
    const rootType = on.schema.getRootType(operation.operation);
    const { coerced } = getVariableValues(on.schema, operation.variableDefinitions ?? [], variables);
    if (!rootType || coerced === undefined) return free;
    const { costs, selections: remembered } = rememberedFor(on);
    const selections = remembered.get(operation) ?? expandOperation(on.schema, operation, fragmentsOf(document));
    remembered.set(operation, selections);
    const writtenOut = { selections, rootType, variables: coerced };
    return { estimated: costs.estimate(writtenOut), actual: (data) => costs.count(writtenOut, data) };
  };
}

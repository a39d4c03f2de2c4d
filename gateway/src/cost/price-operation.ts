import type { DirectiveMap } from '@supergraph/schema/directive-map';
import { getVariableValues, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

import { assertArgumentsFit } from '../operation/assert-arguments-fit.ts';
import { expandOnce } from '../operation/expand-operation.ts';
import { createCosts, type Costs } from './costs.ts';
import { createSchemaQuestionPricing, type PriceSchemaQuestions } from './schema-questions.ts';

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

/**
 * Prices an operation; one whose variables do not fit their types costs nothing, since the engine will refuse it. Throws
 * BAD_USER_INPUT for one that is null in a place that takes no null.
 */
export type PriceOperation = (on: PricedSchema, asked: AskedOperation) => OperationCost;

interface PriceList {
  readonly costs: Costs;
  readonly priceSchemaQuestions: PriceSchemaQuestions;
}

const free: OperationCost = { estimated: 0, actual: () => 0 };

/** Makes the pricing of operations; the prices of a schema are read once. */
export function createOperationPricing(): PriceOperation {
  const known = new WeakMap<PricedSchema, PriceList>();

  function pricesOn(on: PricedSchema): PriceList {
    const prices = known.get(on) ?? {
      costs: createCosts(on.schema, on.directives),
      priceSchemaQuestions: createSchemaQuestionPricing(on.schema),
    };
    known.set(on, prices);
    return prices;
  }

  return (on, { document, operation, variables }) => {
    const rootType = on.schema.getRootType(operation.operation);
    const { coerced } = getVariableValues(on.schema, operation.variableDefinitions ?? [], variables);
    if (!rootType || coerced === undefined) return free;
    const { costs, priceSchemaQuestions } = pricesOn(on);
    const selections = expandOnce(on.schema, { document, operation });
    assertArgumentsFit(selections, coerced);
    const writtenOut = { selections, rootType, variables: coerced };
    const estimated = costs.estimate(writtenOut) + priceSchemaQuestions(document, operation);
    return { estimated, actual: (data) => costs.count(writtenOut, data) };
  };
}

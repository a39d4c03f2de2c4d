import { getArgumentValues, getNamedType, isCompositeType, type GraphQLObjectType } from 'graphql';

import { isIncluded, type Selected, type SelectedField, type Variables } from '../operation/expand-operation.ts';
import type { ListSize, Price, Prices } from './prices.ts';

/** How long lists will be, by the name of the field: as the connection around them was asked for. */
type Sizes = ReadonlyMap<string, number>;

const unsized: Sizes = new Map();

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** What is given for the arguments of a field, defaults included. */
export function argumentsGiven(
  { definition, node }: SelectedField,
  variables: Variables,
): Readonly<Record<string, unknown>> {
  return definition === null || definition.args.length === 0 ? {} : getArgumentValues(definition, node, variables);
}

function sizeBy({ slicingArguments, assumedSize }: ListSize, given: Readonly<Record<string, unknown>>): number {
  const wished = slicingArguments.map((name) => given[name]).filter(isNumber);
  return wished.length === 0 ? assumedSize : Math.max(0, ...wished);
}

/** What the arguments of a field cost by themselves. */
export function costOfArguments({ argumentWeights }: Price, given: Readonly<Record<string, unknown>>): number {
  let total = 0;
  for (const [name, weight] of argumentWeights) {
    if (given[name] !== undefined && given[name] !== null) total += weight;
  }
  return total;
}

/** A valid operation, written out. */
export interface WrittenOut {
  readonly selections: readonly Selected[];
  readonly rootType: GraphQLObjectType;
  readonly variables: Variables;
}

/**
 * What an operation may cost at most, provided that lists are as long as declared: each value pays the weight of its
 * field, and a value that may be of several types pays for the dearest. Linear in the expanded size of the operation.
 */
export function estimateCost({ selections, rootType, variables }: WrittenOut, prices: Prices): number {
  function costOfField(field: SelectedField, sizes: Sizes): number {
    const { definition, parent } = field;
    if (definition === null) return 0;
    const price = prices.of(parent, definition);
    const { listSize } = price;
    const given = argumentsGiven(field, variables);
    const size = sizeBy(listSize, given);
    const isConnection = listSize.sizedFields.length > 0;
    const inner: Sizes = isConnection ? new Map(listSize.sizedFields.map((name) => [name, size])) : unsized;
    const valueType = getNamedType(definition.type);
    const content = isCompositeType(valueType)
      ? costOfValue(field.selections, prices.possibleTypes(valueType), inner)
      : 0;
    const values = price.isList ? (sizes.get(definition.name) ?? size) : 1;
    return values * (price.weight + content) + costOfArguments(price, given);
  }

  function costOfValue(content: readonly Selected[], types: ReadonlySet<string>, sizes: Sizes): number {
    const costs = new Map([...types].map((type) => [type, 0]));
    const add = (some: readonly Selected[], those: readonly string[]) => {
      for (const selected of some.filter((each) => isIncluded(each, variables))) {
        if (selected.kind === 'fragment') {
          const possible = prices.possibleTypes(selected.type);
          add(
            selected.selections,
            those.filter((type) => possible.has(type)),
          );
        } else {
          const cost = costOfField(selected, sizes);
          for (const type of those) costs.set(type, (costs.get(type) ?? 0) + cost);
        }
      }
    };
    add(content, [...types]);
    return Math.max(0, ...costs.values());
  }

  return costOfValue(selections, prices.possibleTypes(rootType), unsized);
}

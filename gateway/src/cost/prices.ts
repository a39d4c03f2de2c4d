import type { DirectiveMap } from '@supergraph/schema/directive-map';
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** How many items a list may have, as `@listSize` says. */
export interface ListSize {
  /** Arguments that say how many are wanted; the largest counts. */
  readonly slicingArguments: readonly string[];
  /** When no argument says it. */
  readonly assumedSize: number;
  /** Fields of the value that are the list, for a connection; empty when the field is the list itself. */
  readonly sizedFields: readonly string[];
}

/** What a field costs. */
export interface Price {
  /** Of each value. */
  readonly weight: number;
  readonly isList: boolean;
  readonly listSize: ListSize;
  /** By argument; paid for when it is given. */
  readonly argumentWeights: ReadonlyMap<string, number>;
}

/** What the fields of a schema cost: of an interface, as much as the dearest that implements it. */
export interface Prices {
  of(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Price;
  /** Names of the object types that a value may have. */
  possibleTypes(type: GraphQLCompositeType): ReadonlySet<string>;
}

/** One call to KOS is worth ten objects: docs/decisions/0021-cost.md. */
const objectWeight = 1;
const leafWeight = 0;
const mutationWeight = 10;
/** Of a list about which the schema says nothing. */
const unknownListSize = 10;

const argumentsOf = (directive: ConstDirectiveNode | undefined): Readonly<Record<string, unknown>> =>
  Object.fromEntries((directive?.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

const textsIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : []).filter((each) => typeof each === 'string');

const isListOf = (type: GraphQLOutputType): boolean => isListType(getNullableType(type));

const allOf = <Item>(a: readonly Item[], b: readonly Item[]): readonly Item[] => [...new Set([...a, ...b])];

const dearer = (a: Price, b: Price): Price => ({
  weight: Math.max(a.weight, b.weight),
  isList: a.isList || b.isList,
  listSize: {
    slicingArguments: allOf(a.listSize.slicingArguments, b.listSize.slicingArguments),
    assumedSize: Math.max(a.listSize.assumedSize, b.listSize.assumedSize),
    sizedFields: allOf(a.listSize.sizedFields, b.listSize.sizedFields),
  },
  argumentWeights: new Map(
    allOf([...a.argumentWeights.keys()], [...b.argumentWeights.keys()]).map((name) => [
      name,
      Math.max(a.argumentWeights.get(name) ?? 0, b.argumentWeights.get(name) ?? 0),
    ]),
  ),
});

function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const made = make();
  known.set(key, made);
  return made;
}

/** Reads the prices of a schema out of its `@cost` and `@listSize`; without them it costs what federation's default is. */
export function readPrices(schema: GraphQLSchema, directives: DirectiveMap): Prices {
  const prices = new Map<string, Price>();
  const typeNames = new Map<string, ReadonlySet<string>>();
  const declared = (coordinate: string, name: 'cost' | 'listSize') =>
    directives.get(coordinate)?.find((directive) => directive.name.value === name);

  function weightAt(coordinate: string): number | undefined {
    const { weight } = argumentsOf(declared(coordinate, 'cost'));
    return typeof weight === 'number' ? weight : undefined;
  }

  function weightOf(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): number {
    const type = getNamedType(field.type);
    const usual = isCompositeType(type) ? objectWeight : leafWeight;
    const byPlace = parent === schema.getMutationType() ? mutationWeight : weightAt(type.name);
    return weightAt(`${parent.name}.${field.name}`) ?? byPlace ?? usual;
  }

  function listSizeOf(coordinate: string): ListSize {
    const { assumedSize, slicingArguments, sizedFields } = argumentsOf(declared(coordinate, 'listSize'));
    return {
      assumedSize: typeof assumedSize === 'number' ? assumedSize : unknownListSize,
      slicingArguments: textsIn(slicingArguments),
      sizedFields: textsIn(sizedFields),
    };
  }

  function ownPrice(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Price {
    const coordinate = `${parent.name}.${field.name}`;
    return {
      weight: weightOf(parent, field),
      isList: isListOf(field.type),
      listSize: listSizeOf(coordinate),
      argumentWeights: new Map(
        field.args.flatMap(({ name }) => {
          const weight = weightAt(`${coordinate}(${name}:)`);
          return weight === undefined ? [] : [[name, weight] as const];
        }),
      ),
    };
  }

  const objectTypesOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] => {
    if (isAbstractType(type)) return schema.getPossibleTypes(type);
    return isObjectType(type) ? [type] : [];
  };

  function priceOf(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Price {
    return objectTypesOf(parent)
      .flatMap((type) => {
        const implementation = type.getFields()[field.name];
        return implementation === undefined ? [] : [ownPrice(type, implementation)];
      })
      .reduce(dearer, ownPrice(parent, field));
  }

  return {
    of: (parent, field) => remember(prices, `${parent.name}.${field.name}`, () => priceOf(parent, field)),
    possibleTypes: (type) => remember(typeNames, type.name, () => new Set(objectTypesOf(type).map(({ name }) => name))),
  };
}

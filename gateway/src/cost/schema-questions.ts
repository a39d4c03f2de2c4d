import {
  getIntrospectionQuery,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { operationsOf } from '../operation/facts.ts';
import { fragmentsOf, measureOnce } from '../operation/fragments.ts';
import { introspectionFields } from '../operation/shape.ts';

/** Prices what an operation asks about the schema itself; 0 for one that asks for data alone. */
export type PriceSchemaQuestions = (document: DocumentNode, operation: OperationDefinitionNode) => number;

/** Of what tools ask about a schema. */
const usualCost = 150;

const usualQuestion = parse(
  getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
  { noLocation: true },
);

/** How many items each list about a schema has, of those that there is one of for each type or field on average. */
function listSizesOf(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const perType = (countOf: (type: GraphQLNamedType) => number): number =>
    types.map(countOf).reduce((sum, count) => sum + count, 0) / types.length;
  return new Map([
    ['types', types.length],
    ['directives', schema.getDirectives().length],
    ['fields', fields.length / types.length],
    ['args', fields.reduce((sum, { args }) => sum + args.length, 0) / fields.length],
    ['inputFields', perType((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))],
    ['enumValues', perType((type) => (isEnumType(type) ? type.getValues().length : 0))],
    ['interfaces', perType((type) => (isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : 0))],
    ['possibleTypes', perType((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0))],
  ]);
}

interface Values {
  /** If all of it is about the schema. */
  readonly inside: number;
  /** Of what is below `__schema` and `__type`. */
  readonly aboutSchema: number;
}

const none: Values = { inside: 0, aboutSchema: 0 };

/** Counts the values that the answer to such questions has, on average, in time linear in the document. */
function createCount(schema: GraphQLSchema): PriceSchemaQuestions {
  const sizes = listSizesOf(schema);
  return (document, operation) => {
    const valuesIn = measureOnce(fragmentsOf(document), none, function measure(set, ofFragment): Values {
      return set.selections
        .map((selection): Values => {
          if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
          const inner = selection.selectionSet ? measure(selection.selectionSet, ofFragment) : none;
          if (selection.kind === Kind.INLINE_FRAGMENT) return inner;
          const { value: name } = selection.name;
          return {
            inside: (sizes.get(name) ?? 1) * (1 + inner.inside),
            aboutSchema: introspectionFields.has(name) ? inner.inside : 0,
          };
        })
        .reduce((one, other) => ({
          inside: one.inside + other.inside,
          aboutSchema: one.aboutSchema + other.aboutSchema,
        }));
    });
    return valuesIn(operation.selectionSet).aboutSchema;
  };
}

/**
 * Makes the prices of questions about a schema. They are answered on the event loop, a value at a time, so what counts is
 * how many values there are beside those that tools ask for, which every role that may ask at all can afford.
 */
export function createSchemaQuestionPricing(schema: GraphQLSchema): PriceSchemaQuestions {
  const count = createCount(schema);
  const [usual] = operationsOf(usualQuestion);
  const unit = usual ? count(usualQuestion, usual) / usualCost : 1;
  const known = new WeakMap<OperationDefinitionNode, number>();
  return (document, operation) => {
    const price = known.get(operation) ?? Math.floor(count(document, operation) / unit);
    known.set(operation, price);
    return price;
  };
}

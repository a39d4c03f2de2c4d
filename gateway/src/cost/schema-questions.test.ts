import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';

import { operationsOf } from '../operation/facts.ts';
import { createSchemaQuestionPricing } from './schema-questions.ts';

const small = buildSchema('type Query { types: [Query] fields(first: Int): Int }');
const large = buildSchema(
  Array.from({ length: 200 }, (_, at) => `type T${at} { a: T${at} b(c: In, d: E): [T0!]! }`).join('\n') +
    'type Query { t: T0 } input In { x: Int } enum E { A B } interface I { i: Int } type J implements I { i: Int }',
);

function priceOf(query: string, schema = large): number {
  const document = parse(query);
  const [operation] = operationsOf(document);
  if (operation === undefined) throw new Error('no operation');
  return createSchemaQuestionPricing(schema)(document, operation);
}

describe('The price of what is asked about a schema', () => {
  it('is the same for what tools ask, however large the schema', () => {
    const usual = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, schemaDescription: true });
    for (const schema of [small, large]) {
      expect(priceOf(usual, schema)).toBeGreaterThan(130);
      expect(priceOf(usual, schema)).toBeLessThanOrEqual(150);
    }
  });

  it('is next to nothing for a look at one type, and nothing for data whatever its fields are called', () => {
    expect(priceOf('{ __type(name: "T0") { name fields { name } } }')).toBe(0);
    expect(priceOf('{ types { fields types { fields } } __typename }', small)).toBe(0);
  });

  it('grows with the lists in lists, within fragments as well', () => {
    const once = priceOf('{ __schema { types { fields { name } } } }');
    const twice = priceOf(
      '{ __schema { ...S } } fragment S on __Schema { types { fields { type { ...T } } } } fragment T on __Type { fields { name description type { name } } interfaces { name } }',
    );
    expect(twice).toBeGreaterThan(3 * once);
  });
});

import { scalars } from '@supergraph/platform/server';
import { isScalarType, type GraphQLSchema } from 'graphql';

/**
 * Teaches a composed schema, which knows scalars by name only, what their values look like: a bad value is then refused
 * before anything is planned, with the words the subgraph would have used.
 */
export function teachHouseScalars(schema: GraphQLSchema): void {
  for (const scalar of Object.values(scalars)) {
    const composed = schema.getType(scalar.name);
    if (!isScalarType(composed)) continue;
    composed.parseValue = (value) => scalar.parseValue(value);
    composed.parseLiteral = (node, variables) => scalar.parseLiteral(node, variables);
  }
}

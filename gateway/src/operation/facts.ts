import { Kind, OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from 'graphql';

import { fragmentsOf } from './fragments.ts';
import { createRootFieldCount } from './root-fields.ts';
import type { TokenFacts } from './scan-tokens.ts';
import { createShapeMeasure, type Shape } from './shape.ts';

/** How large a document is, whoever sent it: the largest of its operations and fragments counts. */
export interface OperationFacts extends TokenFacts, Shape {
  readonly rootFields: number;
  /** How often a mutation asks for the same root field, under whatever names. */
  readonly sameMutation: number;
}

/** The operations of a document, in their order. */
export const operationsOf = (document: DocumentNode): readonly OperationDefinitionNode[] =>
  document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

const largest = (numbers: readonly number[]): number => Math.max(0, ...numbers);

/** Measures a parsed document without a schema, in time linear in its length. */
export function factsOf(document: DocumentNode, tokenFacts: TokenFacts): OperationFacts {
  const fragments = fragmentsOf(document);
  const shapeOf = createShapeMeasure(fragments);
  const rootFieldsOf = createRootFieldCount(fragments);
  const operations = operationsOf(document);
  const shapes = operations.map(({ selectionSet }) => shapeOf(selectionSet));
  // validation also looks into fragments that nobody spreads
  const unspread = [...fragments.values()].map(({ selectionSet }) => shapeOf(selectionSet));
  const roots = operations.map(({ operation, selectionSet }) => ({
    isMutation: operation === OperationTypeNode.MUTATION,
    counts: [...rootFieldsOf(selectionSet).values()],
  }));
  return {
    ...tokenFacts,
    depth: largest(shapes.map(({ depth }) => depth)),
    introspectionDepth: largest(shapes.map(({ introspectionDepth }) => introspectionDepth)),
    height: largest(shapes.map(({ height }) => height)),
    expandedSelections: largest([...shapes, ...unspread].map(({ expandedSelections }) => expandedSelections)),
    repeatedSelections: largest([...shapes, ...unspread].map(({ repeatedSelections }) => repeatedSelections)),
    introspectionAliases: largest(shapes.map(({ introspectionAliases }) => introspectionAliases)),
    rootFields: largest(roots.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0))),
    sameMutation: largest(roots.map(({ isMutation, counts }) => (isMutation ? largest(counts) : 0))),
  };
}

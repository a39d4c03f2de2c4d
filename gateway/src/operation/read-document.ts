import { CodedError } from '@supergraph/platform/errors';
import { GraphQLError, Kind, OperationTypeNode, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

import { assertWithin, type OperationLimits } from '../operation-limits.ts';
import { factsOf, type OperationFacts } from './facts.ts';
import { scanTokens } from './scan-tokens.ts';

/** A document that was read, and how large it is. */
export interface ReadDocument {
  readonly document: DocumentNode;
  readonly facts: OperationFacts;
}

/** Reads the text of a document. Throws a coded error when it is no GraphQL or exceeds the bounds. */
export type ReadDocumentText = (text: string) => ReadDocument;

const rememberedDocuments = 2_000;
const rememberedCharacters = 4_000_000;

function parseWithin(text: string, bounds: OperationLimits): ReadDocument {
  try {
    const tokenFacts = scanTokens(text);
    assertWithin(tokenFacts, bounds);
    const document = parse(text, { noLocation: true });
    return { document, facts: factsOf(document, tokenFacts) };
  } catch (error) {
    if (error instanceof GraphQLError) throw new CodedError('GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

/**
 * Makes the first look at a document: parsed, measured and held against bounds that hold for everybody. It costs time
 * linear in the length of the text, and once only for documents that pass.
 */
export function createDocumentReader(bounds: OperationLimits): ReadDocumentText {
  const known = new LRUCache<string, ReadDocument>({
    max: rememberedDocuments,
    maxSize: rememberedCharacters,
    sizeCalculation: (_read, text) => text.length,
  });
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const read = parseWithin(text, bounds);
    assertWithin(read.facts, bounds);
    known.set(text, read);
    return read;
  };
}

/** Whether a document asks what the schema is, anywhere; `__typename` does not. */
export const asksForSchema = ({ facts }: ReadDocument): boolean => facts.introspectionDepth > 0;

/** The operation of a document that a request means. Throws OPERATION_RESOLUTION_FAILURE, OPERATION_NOT_SUPPORTED. */
export function chooseOperation({ document }: ReadDocument, name: string | null): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const chosen = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation] = chosen;
  if (operation === undefined || (name === null && chosen.length > 1)) {
    throw new CodedError('OPERATION_RESOLUTION_FAILURE');
  }
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new CodedError('OPERATION_NOT_SUPPORTED');
  return operation;
}

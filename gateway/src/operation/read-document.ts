import { createHash } from 'node:crypto';

import { CodedError } from '@supergraph/platform/errors';
import { GraphQLError, OperationTypeNode, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

import { assertWithin, type OperationLimits } from '../operation-limits.ts';
import { factsOf, operationsOf, type OperationFacts } from './facts.ts';
import { scanTokens } from './scan-tokens.ts';

/** A document that was read, and how large it is. */
export interface ReadDocument {
  /** SHA-256 of its text, hex. */
  readonly hash: string;
  readonly document: DocumentNode;
  readonly facts: OperationFacts;
}

/** The first look at documents. */
export interface DocumentReader {
  /** Reads the text of a document. Throws a coded error when it is no GraphQL or exceeds the bounds. */
  readonly read: (text: string) => ReadDocument;
  /** Told of a document that was found valid: only such a one is not read again, so that no other can take its place. */
  readonly remember: (read: ReadDocument) => void;
  /** A valid document that was read lately, by its hash. */
  readonly recent: (hash: string) => DocumentNode | undefined;
}

const rememberedDocuments = 2_000;
const rememberedBytes = 4_000_000;

function parseWithin(hash: string, text: string, bounds: OperationLimits): ReadDocument {
  try {
    const tokenFacts = scanTokens(text);
    assertWithin(tokenFacts, bounds);
    const document = parse(text, { noLocation: true });
    return { hash, document, facts: factsOf(document, tokenFacts) };
  } catch (error) {
    if (error instanceof GraphQLError) throw new CodedError('GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

/**
 * Makes the first look at a document: parsed, measured and held against bounds that hold for everybody. It costs time
 * linear in the length of the text, and once only for documents that turn out to be valid.
 */
export function createDocumentReader(bounds: OperationLimits): DocumentReader {
  const known = new LRUCache<string, ReadDocument>({
    max: rememberedDocuments,
    maxSize: rememberedBytes,
  });
  return {
    read: (text) => {
      const hash = createHash('sha256').update(text).digest('hex');
      const earlier = known.get(hash);
      if (earlier !== undefined) return earlier;
      const read = parseWithin(hash, text, bounds);
      assertWithin(read.facts, bounds);
      return read;
    },
    remember: (read) => {
      if (!known.has(read.hash)) known.set(read.hash, read, { size: read.facts.bytes });
    },
    recent: (hash) => known.get(hash)?.document,
  };
}

/** Whether a document asks what the schema is, anywhere; `__typename` does not. */
export const asksForSchema = ({ facts }: ReadDocument): boolean => facts.introspectionDepth > 0;

/** Whether a request has to say which operation of a document it means. */
export const hasSeveralOperations = ({ document }: ReadDocument): boolean => operationsOf(document).length > 1;

/** The operation of a document that a request means. Throws OPERATION_RESOLUTION_FAILURE, OPERATION_NOT_SUPPORTED. */
export function chooseOperation({ document }: ReadDocument, name: string | null): OperationDefinitionNode {
  const operations = operationsOf(document);
  const chosen = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation] = chosen;
  if (operation === undefined || (name === null && chosen.length > 1)) {
    throw new CodedError('OPERATION_RESOLUTION_FAILURE');
  }
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new CodedError('OPERATION_NOT_SUPPORTED');
  return operation;
}

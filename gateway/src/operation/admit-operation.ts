import { CodedError } from '@supergraph/platform/errors';
import { GraphQLError, Kind, OperationTypeNode, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

import { documentLimits, operationLimits } from '../operation-limits.ts';
import { asksForSchema } from './asks-for-schema.ts';
import { fragmentsOf } from './fragments.ts';
import { scanTokens } from './scan-tokens.ts';

/** An operation that may be planned. */
export interface AdmittedOperation {
  readonly isMutation: boolean;
}

type Operations = readonly OperationDefinitionNode[];

const rememberedDocuments = 2_000;
const rememberedCharacters = 4_000_000;

/**
 * Makes the check that every operation passes before anything is asked on its behalf. Documents that passed are
 * remembered. Throws a coded error; costs are linear in the length of the document.
 */
export function createOperationAdmission(options: { readonly allowsIntrospection: boolean }) {
  const known = new LRUCache<string, Operations>({
    max: rememberedDocuments,
    maxSize: rememberedCharacters,
    sizeCalculation: (_operations, query) => query.length,
  });

  function operationsIn(query: string): Operations {
    const earlier = known.get(query);
    if (earlier !== undefined) return earlier;
    const document = parseWithin(query);
    if (!options.allowsIntrospection && asksForSchema(document)) throw new CodedError('INTROSPECTION_DISABLED');
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const fragments = fragmentsOf(document);
    for (const limit of operationLimits) {
      for (const operation of operations) {
        const code = limit(operation, fragments);
        if (code !== null) throw new CodedError(code);
      }
    }
    known.set(query, operations);
    return operations;
  }

  return (query: string, operationName: string | null): AdmittedOperation => {
    const operation = choose(operationsIn(query), operationName);
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new CodedError('OPERATION_NOT_SUPPORTED');
    return { isMutation: operation.operation === OperationTypeNode.MUTATION };
  };
}

function parseWithin(query: string): DocumentNode {
  try {
    const facts = scanTokens(query);
    for (const { fact, max, code } of documentLimits) {
      if (facts[fact] > max) throw new CodedError(code);
    }
    return parse(query, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) throw new CodedError('GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

function choose(operations: Operations, name: string | null): OperationDefinitionNode {
  const chosen = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation] = chosen;
  if (operation === undefined || (name === null && chosen.length > 1)) {
    throw new CodedError('OPERATION_RESOLUTION_FAILURE');
  }
  return operation;
}

import { CodedError } from '@supergraph/platform/errors';
import { GraphQLError, validate, type DocumentNode, type GraphQLSchema } from 'graphql';

import { refusalOf } from '../format-error.ts';

/** The check of documents against a schema; what fits is remembered for as long as both are kept. */
export interface Validation {
  /** Throws GRAPHQL_VALIDATION_FAILED when a document does not fit, or what the scalar says that refused a value. */
  assertValid(schema: GraphQLSchema, document: DocumentNode): void;
  /** Whether a document was found to fit any schema within so many milliseconds until now. */
  hasFittedWithin(ms: number, document: DocumentNode): boolean;
}

/** Makes the check; each document is held against each schema once. */
export function createValidation(): Validation {
  const fitting = new WeakMap<GraphQLSchema, WeakSet<DocumentNode>>();
  const fittedAtMs = new WeakMap<DocumentNode, number>();
  return {
    hasFittedWithin: (ms, document) => performance.now() - (fittedAtMs.get(document) ?? -Infinity) <= ms,
    assertValid: (schema, document) => {
      if (fitting.get(schema)?.has(document) !== true) {
        // a client is told that the operation does not fit, not where, so the first misfit is enough
        const [misfit] = validate(schema, document, undefined, { maxErrors: 1, hideSuggestions: true });
        if (misfit !== undefined) throw refusalOfMisfit(misfit);
        const known = fitting.get(schema) ?? new WeakSet();
        fitting.set(schema, known.add(document));
      }
      fittedAtMs.set(document, performance.now());
    },
  };
}

/** A scalar's own refusal of a value is reported as it is; the engine would wrap it. */
function refusalOfMisfit(misfit: GraphQLError): CodedError {
  const { message, nodes, originalError = misfit } = misfit;
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  const { code, field } = refusalOf(new GraphQLError(message, { nodes: nodes ?? null, originalError, extensions }));
  return new CodedError(code, field === undefined ? {} : { field });
}

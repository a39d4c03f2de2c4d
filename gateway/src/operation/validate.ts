import { CodedError } from '@supergraph/platform/errors';
import { GraphQLError, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

import { refusalOf } from '../format-error.ts';

/** Throws GRAPHQL_VALIDATION_FAILED when a document does not fit a schema, or what the scalar says that refused a value. */
export type AssertValid = (
  schema: GraphQLSchema,
  asked: { readonly text: string; readonly document: DocumentNode },
) => void;

const rememberedDocuments = 2_000;

/** Makes the check of documents against a contract; those that fit are remembered with it. */
export function createValidation(): AssertValid {
  const fitting = new WeakMap<GraphQLSchema, LRUCache<string, true>>();
  return (schema, { text, document }) => {
    const known = fitting.get(schema) ?? new LRUCache<string, true>({ max: rememberedDocuments });
    fitting.set(schema, known);
    if (known.has(text)) return;
    // a client is told that the operation does not fit, not where, so the first misfit is enough
    const [misfit] = validate(schema, document, undefined, { maxErrors: 1, hideSuggestions: true });
    if (misfit !== undefined) throw refusalOfMisfit(misfit);
    known.set(text, true);
  };
}

/** A scalar's own refusal of a value is reported as it is; the engine would wrap it. */
function refusalOfMisfit(misfit: GraphQLError): CodedError {
  const { message, nodes, originalError = misfit } = misfit;
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  const { code, field } = refusalOf(new GraphQLError(message, { nodes: nodes ?? null, originalError, extensions }));
  return new CodedError(code, field === undefined ? {} : { field });
}

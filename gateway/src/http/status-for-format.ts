import type { ErrorCode } from '@supergraph/platform/errors';

import type { Answer } from '../answer/present-answer.ts';
import type { AnswerFormat } from './media-types.ts';

/** What is wrong with a document or its variables, as far as the request that brought it was well-formed. */
const documentFaults = new Set<ErrorCode>(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/**
 * The HTTP status of an answer in a format. What never ran has the status of its refusal, except that a client which
 * names `application/json` is one from before GraphQL over HTTP, to whom a faulty document is an answer like any other.
 * What ran is 200 for a client that names `application/graphql-response+json`, whatever became of its fields.
 */
export function statusFor({ type, isNamed }: AnswerFormat, { status, body }: Answer): number {
  if (!isNamed) return status;
  if (type === 'application/graphql-response+json') return 'data' in body ? 200 : status;
  const { errors = [] } = body;
  const isDocumentFault = errors.length > 0 && errors.every(({ extensions }) => documentFaults.has(extensions.code));
  return isDocumentFault && !('data' in body) ? 200 : status;
}

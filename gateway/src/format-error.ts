import { unwrapResolverError } from '@apollo/server/errors';
import { CodedError, errorText, isErrorCode, type ErrorCode } from '@supergraph/platform/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';

import type { Refusal } from './answer/refusal.ts';

/** What only the gateway may say about a client's request: out of a subgraph's mouth it would blame the wrong one. */
const saidByGatewayOnly = new Set<ErrorCode>([
  'BAD_REQUEST',
  'INVALID_JSON',
  'BATCHING_DISABLED',
  'PATH_NOT_FOUND',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'NOT_ACCEPTABLE',
  'METHOD_NOT_ALLOWED',
  'PREFLIGHT_REQUIRED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTROSPECTION_DISABLED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_NOT_SUPPORTED',
  'QUERY_TOO_COMPLEX',
  'QUERY_TOO_DEEP',
  'QUERY_TOO_LONG',
  'TOO_MANY_ALIASES',
  'OPERATION_TOO_EXPENSIVE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_MISMATCH',
  'OPERATION_NOT_REGISTERED',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
]);

const fieldPattern = /^[\w.[\]]{1,64}$/;

/** The variable at fault, by the name the client gave it; its value is never repeated. */
function variableAtFault(error: unknown): string | undefined {
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  return node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : undefined;
}

/** Apollo calls every value that does not fit a misfit of the operation; a scalar that refused it says more. */
function scalarsOwnError(error: unknown): unknown {
  const isMisfit = error instanceof GraphQLError && error.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED';
  const cause = isMisfit ? error.originalError : undefined;
  return cause instanceof GraphQLError && cause.extensions['code'] === 'BAD_USER_INPUT' ? cause : error;
}

function codeFrom(extensions: Readonly<Record<string, unknown>>): ErrorCode {
  const { code, serviceName } = extensions;
  if (!isErrorCode(code)) return 'INTERNAL_SERVER_ERROR';
  const isFromSubgraph = serviceName !== undefined;
  return isFromSubgraph && saidByGatewayOnly.has(code) ? 'INTERNAL_SERVER_ERROR' : code;
}

/** What an error of the graph means to a client. An error without a code of the catalogue means INTERNAL_SERVER_ERROR. */
export function refusalOf(error: unknown): Refusal {
  const original = unwrapResolverError(error);
  if (original instanceof CodedError) {
    return { code: original.code, retryAfterMs: original.retryAfterMs, field: original.field };
  }
  const told = scalarsOwnError(error);
  const extensions: Readonly<Record<string, unknown>> = told instanceof GraphQLError ? told.extensions : {};
  const { retryAfterMs, field } = extensions;
  const isWait = typeof retryAfterMs === 'number' && Number.isSafeInteger(retryAfterMs) && retryAfterMs >= 0;
  const isField = typeof field === 'string' && fieldPattern.test(field);
  return {
    code: codeFrom(extensions),
    retryAfterMs: isWait ? retryAfterMs : undefined,
    field: isField ? field : variableAtFault(error),
  };
}

/**
 * Takes everything out of an error but its path and the refusal in it: no message, location or extension of a subgraph
 * or an engine passes. The text in the person's language is put in when the answer is presented.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const refusal = refusalOf(error);
  return {
    message: errorText(refusal.code, 'ko'),
    ...(formatted.path !== undefined && { path: formatted.path }),
    extensions: { ...refusal },
  };
}

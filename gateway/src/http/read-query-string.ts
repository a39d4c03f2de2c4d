import { CodedError } from '@supergraph/platform/errors';

import { readOperationRequest, type OperationRequest } from './read-operation-request.ts';

function jsonIn(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return text === '' ? undefined : text;
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError('INVALID_JSON');
  }
}

/**
 * Reads the parameters of a GraphQL request out of a query string, where variables and extensions are JSON in themselves.
 * A parameter that stands there twice is no text, and so refused. Throws as `readOperationRequest` does.
 */
export const readQueryString = (parameters: Readonly<Record<string, unknown>>): OperationRequest =>
  readOperationRequest({
    ...parameters,
    variables: jsonIn(parameters['variables']),
    extensions: jsonIn(parameters['extensions']),
  });

import { Buffer, isUtf8 } from 'node:buffer';

import { CodedError } from '@supergraph/platform/errors';

import { isJsonObject } from '../json-object.ts';

/** What a client asks for, its shape checked: the text of a document, the id of one that is registered, or both. */
export interface OperationRequest {
  readonly query: string | null;
  readonly documentId: string | null;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown>;
}

const deepestVariables = 16;
/** Names by which a value could reach into the prototype of objects it is merged into. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads an HTTP body as JSON. Throws UNSUPPORTED_MEDIA_TYPE for bytes that are not UTF-8, BAD_REQUEST for none, INVALID_JSON. */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) throw new CodedError('BAD_REQUEST');
  if (!isUtf8(body)) throw new CodedError('UNSUPPORTED_MEDIA_TYPE');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new CodedError('INVALID_JSON');
  }
}

/** Walks level by level, so that no nesting can exhaust the stack. */
function assertPlain(variables: Record<string, unknown>): void {
  let level: readonly unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestVariables) throw new CodedError('BAD_USER_INPUT');
    const containers = level.filter((value) => typeof value === 'object' && value !== null);
    if (containers.some((value) => Object.keys(value).some((key) => forbiddenKeys.has(key)))) {
      throw new CodedError('BAD_USER_INPUT');
    }
    level = containers.flatMap((value): unknown[] => Object.values(value));
  }
}

function optional<Value>(value: unknown, isValid: (value: unknown) => value is Value, absent: Value): Value {
  if (value === undefined || value === null) return absent;
  if (!isValid(value)) throw new CodedError('BAD_REQUEST');
  return value;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Empty text is none. */
function optionalText(value: unknown): string | null {
  const text = optional(value, isText, '');
  return text === '' ? null : text;
}

/** Clients name a registered document in one of three ways, by age: Apollo's, GraphQL over HTTP's, Relay's. */
function documentIdIn(body: Record<string, unknown>, extensions: Record<string, unknown>): string | null {
  const persistedQuery = optional(extensions['persistedQuery'], isJsonObject, {});
  return optionalText(body['documentId']) ?? optionalText(body['id']) ?? optionalText(persistedQuery['sha256Hash']);
}

function assertNoBatch(body: unknown): void {
  if (Array.isArray(body) && body.length > 0 && body.every(isJsonObject)) throw new CodedError('BATCHING_DISABLED');
}

/** Reads the parameters of a GraphQL request out of a JSON value. Throws a coded error that says what is wrong with it. */
export function readOperationRequest(body: unknown): OperationRequest {
  assertNoBatch(body);
  if (!isJsonObject(body)) throw new CodedError('BAD_REQUEST');
  const query = optionalText(body['query']);
  const operationName = optionalText(body['operationName']);
  const variables = optional(body['variables'], isJsonObject, {});
  const documentId = documentIdIn(body, optional(body['extensions'], isJsonObject, {}));
  if (query === null && documentId === null) throw new CodedError('BAD_REQUEST');
  assertPlain(variables);
  return { query, documentId, operationName, variables };
}

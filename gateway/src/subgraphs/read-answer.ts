import type { GraphQLFormattedError } from 'graphql';

import { isJsonObject } from '../json-object.ts';
import type { RawAnswer } from './connection.ts';

/** A GraphQL answer as a subgraph gave it: shape checked, content not. */
export interface SubgraphAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** What a subgraph said is no GraphQL answer. */
export class NoAnswer extends Error {
  /** The HTTP status, when that alone says so. */
  readonly status: number | undefined;

  constructor(what: string, { status, cause }: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(what, { cause });
    this.name = 'NoAnswer';
    this.status = status;
  }
}

/** Makes the error of a status that no GraphQL answer has. */
export const noAnswerOf = (status: number): NoAnswer => new NoAnswer(`status ${status}`, { status });

const isPath = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number'));

const isError = (value: unknown): boolean =>
  isJsonObject(value) &&
  typeof value['message'] === 'string' &&
  isPath(value['path']) &&
  (value['extensions'] === undefined || isJsonObject(value['extensions']));

function isAnswer(value: unknown): value is SubgraphAnswer {
  if (!isJsonObject(value)) return false;
  const { data, errors = null } = value;
  const hasData = isJsonObject(data);
  // some servers say that there are no errors
  if (errors === null) return hasData;
  if (!Array.isArray(errors) || !errors.every(isError)) return false;
  return hasData || (errors.length > 0 && (data === null || data === undefined));
}

/** Reads a subgraph's answer. Throws NoAnswer for any status but 200 and any body that is no GraphQL answer. */
export function readAnswer({ status, body }: RawAnswer): SubgraphAnswer {
  if (status !== 200) throw noAnswerOf(status);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    throw new NoAnswer('a body that is not JSON', { cause });
  }
  if (!isAnswer(parsed)) throw new NoAnswer('a body that is no GraphQL answer');
  const { data, errors } = parsed;
  return { ...(data !== undefined && { data }), ...(errors?.[0] && { errors }) };
}

/**
 * Holds an answer against the entities it was asked for, if it was for any. None at all with errors is an answer; any other
 * number than was asked for is not, since nobody can tell which entity is missing. Throws NoAnswer then.
 */
export function withEntities(answer: SubgraphAnswer, representations: unknown): SubgraphAnswer {
  if (!Array.isArray(representations)) return answer;
  const entities = answer.data?.['_entities'] ?? null;
  if (entities === null && answer.errors !== undefined) return { errors: answer.errors, data: null };
  if (!Array.isArray(entities)) throw new NoAnswer('no list of entities');
  if (entities.length === representations.length) return answer;
  throw new NoAnswer(`${entities.length} entities instead of ${representations.length}`);
}

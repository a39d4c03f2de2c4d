import { isErrorCode, type Locale } from '@supergraph/platform/errors';
import type { FormattedExecutionResult } from 'graphql';

import { answerStatus, type PlacedRefusal } from './answer-status.ts';
import { isCarriedOut } from './carried-out.ts';
import { isInAnswer } from './error-path.ts';
import { incompletePaths } from './incomplete-data.ts';
import { retryAfterSeconds, showRefusal, statusOf, type Refusal, type ShownError } from './refusal.ts';

/** An HTTP answer to a GraphQL request. */
export interface Answer {
  readonly status: number;
  /** For a Retry-After header. */
  readonly retryAfterSeconds: number | null;
  readonly body: {
    readonly errors?: readonly ShownError[];
    readonly data?: FormattedExecutionResult['data'];
    readonly extensions?: { readonly cost: CostOfAnswer };
  };
}

/** What an answer cost against what it was estimated to. */
export interface CostOfAnswer {
  readonly estimated: number;
  readonly actual: number;
}

/** Who reads a refusal, and under which id the log knows the request. */
export interface Reader {
  readonly locale: Locale;
  readonly requestId: string;
}

/** Who reads an answer, and to what. */
export interface AnswerReader extends Reader {
  /** Names of the root fields of a mutation; none for a query. */
  readonly changes: ReadonlySet<string>;
  /** Only for those who see what operations cost. */
  readonly cost?: CostOfAnswer | null;
}

function refusalIn(extensions: Readonly<Record<string, unknown>> | undefined): Refusal {
  const { code, retryAfterMs, field } = extensions ?? {};
  return {
    code: isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR',
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
    field: typeof field === 'string' ? field : undefined,
  };
}

/** Every error with the place it concerns; equal ones once. */
function refusalsIn(result: FormattedExecutionResult): readonly PlacedRefusal[] {
  const data = result.data;
  const told = (result.errors ?? []).map(({ path, extensions }) => ({
    refusal: refusalIn(extensions),
    path: path !== undefined && isInAnswer(path, data) ? path : undefined,
  }));
  const toldPaths = new Set(told.map(({ path }) => JSON.stringify(path)));
  const untold = incompletePaths(result.extensions)
    .filter((path) => !toldPaths.has(JSON.stringify(path)))
    .map((path): PlacedRefusal => ({ refusal: { code: 'INCOMPLETE_DATA' }, path }));
  return [...new Map([...told, ...untold].map((placed) => [JSON.stringify(placed), placed])).values()];
}

/** Makes the answer to a request out of what the graph gave: data as it is, errors as a client may see them. */
export function presentAnswer(result: FormattedExecutionResult, reader: AnswerReader): Answer {
  const { changes, cost = null } = reader;
  const placed = refusalsIn(result);
  const errors = placed.map(({ refusal, path }) => ({
    ...showRefusal(refusal, reader),
    ...(path !== undefined && { path }),
  }));
  // a status that says "try again" would have a change made twice
  const status = changes.size > 0 && isCarriedOut(result, changes) ? 200 : answerStatus(result.data, placed);
  return {
    status,
    retryAfterSeconds: retryAfterSeconds(
      status,
      placed.map(({ refusal }) => refusal),
    ),
    body: {
      ...(errors.length > 0 && { errors }),
      ...(result.data !== undefined && { data: result.data }),
      ...(cost !== null && { extensions: { cost } }),
    },
  };
}

/** Makes the answer to a request that never became an operation. */
export function presentRefusal(refusal: Refusal, reader: Reader): Answer {
  const status = statusOf(refusal);
  return {
    status,
    retryAfterSeconds: retryAfterSeconds(status, [refusal]),
    body: { errors: [showRefusal(refusal, reader)] },
  };
}

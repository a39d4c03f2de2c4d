import {
  errorCatalogue,
  presentCode,
  type ErrorCode,
  type Locale,
  type PresentedError,
} from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';

import type { CostAgainstBudget } from '../cost/cost-gate.ts';

/** What went wrong, told apart from how it is said. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly retryAfterMs?: number | undefined;
  readonly field?: string | undefined;
  /** For those who may know what operations cost. */
  readonly cost?: CostAgainstBudget | null | undefined;
}

/** An error as it leaves the gateway; nothing else about it does. */
export interface ShownError extends PresentedError {
  readonly path?: readonly (string | number)[];
  readonly extensions: PresentedError['extensions'] & { readonly traceId: string; readonly cost?: CostAgainstBudget };
}

/** Puts a refusal into the person's language, with the id under which the log knows the request. */
export function showRefusal(refusal: Refusal, to: { readonly locale: Locale; readonly requestId: string }): ShownError {
  const { message, extensions } = presentCode(refusal.code, to.locale, refusal);
  const cost = refusal.cost ?? null;
  return { message, extensions: { ...extensions, traceId: to.requestId, ...(cost !== null && { cost }) } };
}

/** The HTTP status when a refusal is all there is to say. */
export const statusOf = (refusal: Refusal): number => errorCatalogue[refusal.code].httpStatus;

/** Whole seconds for a Retry-After header; null for a status that has none. */
export function retryAfterSeconds(status: number, refusals: readonly Refusal[]): number | null {
  if (status !== 429 && status !== 503) return null;
  const waits = refusals.map(({ retryAfterMs }) => retryAfterMs ?? SECOND_MS);
  return Math.ceil(Math.max(SECOND_MS, ...waits) / SECOND_MS);
}

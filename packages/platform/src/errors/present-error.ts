import { errorCatalogue, type ErrorCode, type Locale } from '@supergraph/schema/error-catalogue';

import { CodedError, errorText } from './coded-error.ts';

/** What a client may see of an error: nothing internal is in it. */
export interface PresentedError {
  readonly message: string;
  readonly extensions: {
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly field?: string;
  };
}

/** A code with its text in a language and the details a client may act on. */
export function presentCode(
  code: ErrorCode,
  locale: Locale,
  details: { readonly retryAfterMs?: number | undefined; readonly field?: string | undefined } = {},
): PresentedError {
  return {
    message: errorText(code, locale),
    extensions: {
      code,
      retryable: errorCatalogue[code].isRetryable,
      ...(details.retryAfterMs !== undefined && { retryAfterMs: details.retryAfterMs }),
      ...(details.field !== undefined && { field: details.field }),
    },
  };
}

/** An error as a client may see it; whatever has no code of ours becomes INTERNAL_SERVER_ERROR. */
export const presentError = (error: unknown, locale: Locale): PresentedError =>
  error instanceof CodedError ? presentCode(error.code, locale, error) : presentCode('INTERNAL_SERVER_ERROR', locale);

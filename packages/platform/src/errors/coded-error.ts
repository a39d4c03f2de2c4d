import { errorCatalogue, type ErrorCode, type Locale } from '@supergraph/schema/error-catalogue';

/** What a refusal says besides its code. */
export interface CodedErrorDetails {
  /** The input field at fault. */
  readonly field?: string;
  /** When it makes sense to try again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What led to it; for the log, never for the client. */
  readonly cause?: unknown;
}

/** A refusal with a code of the catalogue: the only kind of error whose meaning reaches a client. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, details: CodedErrorDetails = {}) {
    super(errorCatalogue[code].en, { cause: details.cause });
    this.name = 'CodedError';
    this.code = code;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The text of a code in a language. */
export const errorText = (code: ErrorCode, locale: Locale): string => errorCatalogue[code][locale];

/** Whether a text is a code of the catalogue. */
export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCatalogue, code);

export { errorCatalogue } from '@supergraph/schema/error-catalogue';
export type { ErrorCode, Locale } from '@supergraph/schema/error-catalogue';
export { CodedError, errorText, isErrorCode } from './coded-error.ts';
export { localeOf } from './locale.ts';
export { presentCode, presentError } from './present-error.ts';
export type { PresentedError } from './present-error.ts';

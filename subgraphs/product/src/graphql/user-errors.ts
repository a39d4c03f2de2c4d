import { errorText, type ErrorCode, type Locale } from '@supergraph/platform/errors';

import type { Unavailability } from '../domain/kos-unavailable.ts';
import type { ProductOrder } from '../domain/product-order.ts';
import type { NotAllowed } from '../domain/request-product-change.ts';

const refusal = <Type extends string>(__typename: Type, code: ErrorCode, locale: Locale) => ({
  __typename,
  code,
  message: errorText(code, locale),
});

/** A line that is not the caller's, whether it exists or not. */
export const lineNotFound = (locale: Locale) => refusal('LineNotFound', 'NOT_FOUND', locale);

export const backendUnavailable = ({ code, retryAfterMs }: Unavailability, locale: Locale) => ({
  ...refusal('BackendUnavailable', code, locale),
  retryAfterMs,
});

export const changeNotAllowed = ({ code, checks }: NotAllowed, locale: Locale) => ({
  ...refusal('ProductChangeNotAllowed', code, locale),
  checks: [...checks],
});

export const versionConflict = (currentVersion: number, locale: Locale) => ({
  ...refusal('ProductVersionConflict', 'PLAN_VERSION_CONFLICT', locale),
  currentVersion,
});

export const changeInProgress = (productOrder: ProductOrder, locale: Locale) => ({
  ...refusal('ProductChangeInProgress', 'CHANGE_IN_PROGRESS', locale),
  productOrder,
});

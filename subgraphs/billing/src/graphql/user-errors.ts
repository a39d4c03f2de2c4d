import { errorText, type Locale } from '@supergraph/platform/errors';

import type { BillUnavailable } from '../domain/bill-inquiry.ts';

/** A line that is not the caller's, whether it exists or not. */
export const lineNotFound = (locale: Locale) => ({
  __typename: 'LineNotFound' as const,
  code: 'NOT_FOUND',
  message: errorText('NOT_FOUND', locale),
});

export const invalidBillingMonth = (offered: readonly string[], locale: Locale) => ({
  __typename: 'InvalidBillingMonth' as const,
  code: 'INVALID_BILLING_MONTH',
  message: errorText('INVALID_BILLING_MONTH', locale),
  billingMonths: [...offered],
});

export const billNotIssued = (billingMonth: string, locale: Locale) => ({
  __typename: 'BillNotIssued' as const,
  code: 'BILL_NOT_ISSUED',
  message: errorText('BILL_NOT_ISSUED', locale),
  billingMonth,
});

export const backendUnavailable = ({ code, retryAfterMs }: BillUnavailable, locale: Locale) => ({
  __typename: 'BackendUnavailable' as const,
  code,
  message: errorText(code, locale),
  retryAfterMs,
});

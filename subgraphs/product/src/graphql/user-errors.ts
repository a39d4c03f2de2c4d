import { errorText, type ErrorCode, type Locale } from '@supergraph/platform/errors';

import type { Unavailability } from '../domain/kos-unavailable.ts';
import type { DecisionPart } from '../domain/operator-decision.ts';
import type { ProductOrder, SettledState } from '../domain/product-order.ts';
import type { NotAllowed } from '../domain/request-product-change.ts';
import { challengeOf, type StepUpNeed } from '../domain/step-up.ts';
import { money } from './money.ts';

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

export const stepUpRequired = (need: StepUpNeed, locale: Locale) => ({
  ...refusal('StepUpRequired', 'STEP_UP_REQUIRED', locale),
  challenge: challengeOf(need),
  productCodeBefore: need.productCodeBefore,
  productCodeAfter: need.productCodeAfter,
  requestedStart: need.requestedStart,
  monthlyFeeDifference: need.monthlyFeeDifferenceWon === null ? null : money(need.monthlyFeeDifferenceWon),
});

export const orderNotFound = (locale: Locale) => refusal('ProductOrderNotFound', 'ORDER_NOT_FOUND', locale);

export const orderNotHeld = (productOrder: ProductOrder, locale: Locale) => ({
  ...refusal('ProductOrderNotHeld', 'ORDER_NOT_HELD', locale),
  productOrder,
});

export const settlementInvalid = (field: DecisionPart, locale: Locale) => ({
  ...refusal('SettlementInvalid', 'SETTLEMENT_INVALID', locale),
  field,
});

export const settlementContradicted = (byKos: SettledState, locale: Locale) => ({
  ...refusal('SettlementContradicted', 'SETTLEMENT_CONTRADICTED', locale),
  outcomeAtKos: byKos.kind,
  effectiveDateAtKos: byKos.kind === 'COMPLETED' ? byKos.effectiveDate : null,
  refusalReasonAtKos: byKos.kind === 'REJECTED' ? byKos.reason : null,
});

export const settlementUnconfirmed = (locale: Locale) =>
  refusal('SettlementUnconfirmed', 'SETTLEMENT_UNCONFIRMED', locale);

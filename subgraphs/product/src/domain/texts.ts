import { errorText, type Locale } from '@supergraph/platform/errors';

import type { CalendarDay } from './calendar.ts';
import type { KosCall, KosCallOutcome, KosOperation } from './kos-call.ts';
import { isQualified, type Finding, type PreCheck } from './pre-check.ts';
import { isBooked, type FailureCause, type OrderState, type RefusalReason } from './product-order.ts';

type Text = Readonly<Record<Locale, string>>;

const text = (ko: string, en: string): Text => ({ ko, en });

const findings = {
  ON_SALE: text('판매중인 상품입니다', 'The plan is on sale.'),
  NOT_ON_SALE: text('현재 판매중인 상품이 아닙니다', 'The plan is not on sale now.'),
  UNKNOWN_PLAN: text('현재 판매중인 상품이 아닙니다 (존재하지 않는 상품)', 'There is no such plan on sale.'),
  SAME_OPERATOR: text('사업자가 일치합니다', 'The plan is sold by your operator.'),
  OTHER_OPERATOR: text(
    '변경 요청한 사업자에서 판매중인 상품이 아닙니다',
    'The plan is not sold by the operator of this line.',
  ),
  IN_USE: text('회선이 정상 상태입니다', 'The line is in use.'),
  SUSPENDED: text('변경 요청 회선은 사용 중인 상태가 아닙니다 (정지)', 'The line is not in use: it is suspended.'),
  TERMINATED: text('변경 요청 회선은 사용 중인 상태가 아닙니다 (해지)', 'The line is not in use: it was ended.'),
} as const satisfies Record<Finding, Text>;

const qualified = text('상품 사전 체크에 성공하였다', 'All checks passed.');
const unqualified = text('상품 사전 체크에 실패하였다', 'Not all checks passed.');

const refusals = {
  CONTRACT_RESTRICTION: text('약정 제한으로 상품을 변경할 수 없습니다', 'A commitment does not allow this change.'),
  DEVICE_INCOMPATIBLE: text('단말기에서 사용할 수 없는 상품입니다', 'The device cannot use this plan.'),
  UNPAID_BALANCE: text('미납 요금을 먼저 납부해 주세요', 'An unpaid bill must be settled first.'),
  OTHER: text('통신사에서 상품 변경을 거절하였습니다', 'The carrier refused the change.'),
} as const satisfies Record<RefusalReason, Text>;

const failures = {
  NEVER_SENT: text(
    '상품 변경에 실패하였습니다. 통신사에 연결할 수 없어 요청이 전송되지 않았습니다.',
    'The change failed: the carrier could not be reached, and nothing was changed.',
  ),
  NEVER_ARRIVED: text(
    '상품 변경에 실패하였습니다. 통신사에 요청이 접수되지 않았습니다.',
    'The change failed: the carrier never received it, and nothing was changed.',
  ),
  NOT_MADE: text(
    '상품 변경에 실패하였습니다. 통신사에서 변경이 처리되지 않은 것으로 확인되었습니다.',
    'The change failed: our staff found out that the carrier did not make it, and nothing was changed.',
  ),
} as const satisfies Record<FailureCause, Text>;

const requested = text('상품 변경 신청이 접수되었다', 'The change was accepted for processing.');
const sent = text('상품 변경이 진행되었다', 'The change is being made.');
const handedOver = text('운영자가 처리 결과를 확인하고 있습니다', 'Our staff are finding out what happened.');
const completed = text('상품 변경이 완료되었다', 'The plan was changed.');
const booked = (day: CalendarDay): Text =>
  text(`상품 변경이 예약되었다 (${day} 적용)`, `The change is booked for ${day}.`);

const operations = {
  CUSTOMER: text('고객 조회', 'Customer'),
  LINE_STATUS: text('회선 상태 조회', 'Line status'),
  CATALOGUE: text('상품 목록 조회', 'Catalogue of plans'),
  CHANGE: text('상품 변경 요청', 'Change of plan'),
  CHANGE_STATUS: text('상품 변경 결과 조회', 'Outcome of the change'),
} as const satisfies Record<KosOperation, Text>;

const callOutcomes = {
  PENDING: text('응답 대기 중', 'no answer yet'),
  OK: text('정상', 'done'),
  REFUSED: text('거절', 'refused'),
  ABSENT: text('처리 내역 없음', 'nothing on record'),
  UNCLEAR: text('응답 없음 또는 확인 불가', 'no answer that can be understood'),
  NOT_SENT: text('전송되지 않음', 'not sent'),
} as const satisfies Record<KosCallOutcome, Text>;

export const preCheckText = ({ finding }: PreCheck, locale: Locale): string => findings[finding][locale];

export const qualificationText = (checks: readonly PreCheck[], locale: Locale): string =>
  (isQualified(checks) ? qualified : unqualified)[locale];

/** What happened so far to an order, for the person. */
export function orderText(state: OrderState, locale: Locale): string {
  switch (state.kind) {
    case 'REQUESTED':
      return requested[locale];
    case 'SENT':
      return sent[locale];
    case 'UNKNOWN':
      return errorText('CHANGE_PENDING', locale);
    case 'NEEDS_OPERATOR':
      return handedOver[locale];
    case 'COMPLETED':
      return (isBooked(state) ? booked(state.effectiveDate) : completed)[locale];
    case 'REJECTED':
      return refusals[state.reason][locale];
    case 'FAILED':
      return failures[state.cause][locale];
  }
}

export const kosCallText = ({ operation, outcome }: KosCall, locale: Locale): string =>
  `${operations[operation][locale]}: ${callOutcomes[outcome][locale]}`;

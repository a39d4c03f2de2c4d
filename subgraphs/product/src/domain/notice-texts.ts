import type { Locale } from '@supergraph/platform/errors';

import { isBooked } from './product-order.ts';
import type { SettledOrder } from './settled-order.ts';
import { orderText } from './texts.ts';

/** What a notice says. */
export interface NoticeText {
  readonly subject: string;
  readonly content: string;
}

type Change = Pick<SettledOrder, 'productCodeBefore' | 'productCodeAfter' | 'state'>;

/** Puts the settled state of an order into words for its customer. */
export const noticeText = (change: Change, locale: Locale): NoticeText =>
  (locale === 'ko' ? koreanText : englishText)(change);

function koreanText({ productCodeBefore, productCodeAfter, state }: Change): NoticeText {
  const change = `${productCodeBefore} → ${productCodeAfter}`;
  switch (state.kind) {
    case 'COMPLETED':
      return isBooked(state)
        ? {
            subject: '상품 변경 예약 안내',
            content: `상품 변경이 예약되었습니다 (${change}). ${state.effectiveDate}부터 적용됩니다.`,
          }
        : { subject: '상품 변경 완료 안내', content: `상품 변경이 완료되었습니다 (${change}).` };
    case 'REJECTED':
      return {
        subject: '상품 변경 거절 안내',
        content: `${orderText(state, 'ko')}. 상품은 변경되지 않았습니다 (${change}).`,
      };
    case 'FAILED':
      return {
        subject: '상품 변경 실패 안내',
        content: `${orderText(state, 'ko')} 상품은 변경되지 않았습니다 (${change}).`,
      };
  }
}

function englishText({ productCodeBefore, productCodeAfter, state }: Change): NoticeText {
  const change = `${productCodeBefore} → ${productCodeAfter}`;
  switch (state.kind) {
    case 'COMPLETED':
      return isBooked(state)
        ? {
            subject: 'Your plan change is booked',
            content: `Your plan change is booked (${change}). It takes effect on ${state.effectiveDate}.`,
          }
        : { subject: 'Your plan was changed', content: `Your plan was changed (${change}).` };
    case 'REJECTED':
      return {
        subject: 'Your plan change was refused',
        content: `${orderText(state, 'en')} Your plan was not changed (${change}).`,
      };
    case 'FAILED':
      return { subject: 'Your plan change failed', content: `${orderText(state, 'en')} (${change})` };
  }
}

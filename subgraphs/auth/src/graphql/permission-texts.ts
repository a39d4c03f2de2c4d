import type { Locale } from '@supergraph/platform/errors';

import type { Denial, Service } from '../domain/permission.ts';

type Text = Readonly<Record<Locale, string>>;

export const serviceDescriptions: Readonly<Record<Service, Text>> = {
  BILL_INQUIRY: { ko: '요금 조회 서비스', en: 'Looking up bills' },
  PRODUCT_CHANGE: { ko: '상품 변경 서비스', en: 'Changing the plan' },
};

const notGranted: Readonly<Record<Service, Text>> = {
  BILL_INQUIRY: { ko: '요금조회 권한이 없습니다', en: 'You may not look up bills.' },
  PRODUCT_CHANGE: { ko: '상품변경 권한이 없습니다', en: 'You may not change the plan.' },
};
const unknownService: Text = { ko: '올바르지 않은 서비스 타입입니다', en: 'There is no such service.' };

export const denialText = (service: Service, denial: Denial): Text =>
  denial === 'UNKNOWN_SERVICE' ? unknownService : notGranted[service];

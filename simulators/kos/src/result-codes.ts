/** Every code KOS answers with, its HTTP status and its words. */
export const resultCodes = {
  '0000': { status: 200, message: '정상 처리되었습니다' },
  E001: { status: 404, message: '존재하지 않는 회선번호입니다' },
  E002: { status: 200, message: '해당 월의 요금 정보가 없습니다' },
  E003: { status: 404, message: '존재하지 않는 고객입니다' },
  E004: { status: 404, message: '존재하지 않는 거래번호입니다' },
  E101: { status: 400, message: '상품을 변경할 수 없는 상태입니다' },
  E102: { status: 400, message: '단말기에서 사용할 수 없는 상품입니다' },
  E103: { status: 400, message: '미납 요금을 먼저 납부해야 합니다' },
  E400: { status: 400, message: '잘못된 요청입니다' },
  E429: { status: 429, message: '분당 호출 한도를 초과했습니다' },
  E999: { status: 500, message: '일시적인 시스템 장애입니다' },
} as const;

export type ResultCode = keyof typeof resultCodes;

export interface Answer {
  readonly status: number;
  readonly body: { readonly resultCode: ResultCode; readonly resultMessage: string; readonly data: unknown };
}

export function answerWith(resultCode: ResultCode, data: unknown = null, resultMessage?: string): Answer {
  const { status, message } = resultCodes[resultCode];
  return { status, body: { resultCode, resultMessage: resultMessage ?? message, data } };
}

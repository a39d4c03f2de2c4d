import { describe, expect, it } from '@jest/globals';

import { CodedError, localeOf, presentError } from './index.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'ko'],
    ['', 'ko'],
    ['en', 'en'],
    ['EN', 'en'],
    ['en-US', 'en'],
    ['en-Latn-GB', 'en'],
    ['ko-KR', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['en, ko', 'en'],
    ['ko, en', 'ko'],
    ['fr, ko;q=0.5, en;q=0.4', 'ko'],
    ['fr, en;q=0.3', 'en'],
    ['en;q=0.1, ko;q=0.9', 'ko'],
    ['en ; q=0.1 , ko ; q=0.9', 'ko'],
    ['ko;q=0.001, en;q=0.002', 'en'],
    ['ko;q=0, en;q=0.1', 'en'],
    ['ko;q=0', 'ko'],
    ['*', 'ko'],
    ['*, en;q=0.5', 'ko'],
    ['*;q=0.1, en;q=0.5', 'en'],
    ['ko;q=0, *', 'en'],
    ['fr, *;q=0.1', 'ko'],
    ['en;q=high', 'ko'],
    ['en;q=2', 'ko'],
    ['en;q=-1', 'ko'],
    ['enigma, en', 'en'],
    ['kok, en;q=0.1', 'en'],
    ["en'; DROP TABLE account --", 'ko'],
    [',,;;q=,', 'ko'],
    ['x'.repeat(100_000), 'ko'],
    [`${'fr,'.repeat(67)}en${',en'.repeat(10_000)}`, 'ko'],
  ])('for Accept-Language %s is %s', (header, locale) => {
    expect(localeOf(header)).toBe(locale);
  });
});

describe('an error', () => {
  it('is shown with its code, text and what to do', () => {
    const error = new CodedError('LOGIN_BLOCKED', { retryAfterMs: 60_000, cause: new Error('row 17') });
    expect(presentError(error, 'en')).toEqual({
      message: 'Too many attempts: sign-in is blocked for 30 minutes.',
      extensions: { code: 'LOGIN_BLOCKED', retryable: false, retryAfterMs: 60_000 },
    });
  });

  it('without a code of ours says nothing but that something failed', () => {
    expect(presentError(new Error('password is hunter2'), 'ko')).toEqual({
      message: '처리 중 오류가 발생했습니다.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: true },
    });
  });
});

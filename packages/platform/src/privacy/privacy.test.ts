import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isSensitiveKind, maskValue, scrubText, sensitiveKinds, type SensitiveKind } from './index.ts';

const nfd = (text: string) => text.normalize('NFD');

describe('what is shown of', () => {
  const shown: Readonly<Record<SensitiveKind, readonly (readonly [value: string, mask: string])[]>> = {
    NAME: [
      ['홍길', '홍*'],
      ['홍길동', '홍*동'],
      ['남궁민수', '남**수'],
      ['황보관우정', '황***정'],
      ['홍', '*'],
      [nfd('홍길동'), '홍*동'],
      [' 홍길동 ', '홍*동'],
      ['홍 길동', '홍 *동'],
      ['홍\u200b길동', '홍*동'],
      ['홍😀동', '홍*동'],
      ['홍👨‍👩‍👧‍👦', '홍*'],
      ['Hong Gildong', 'Hong *******'],
      ['Jonathan', 'Jona****'],
      ['Kim', 'K**'],
      ['Jo', 'J*'],
      ['J', '*'],
      ['王小明', '王*明'],
      ['홍*동', '홍*동'],
      ['가'.repeat(61), '***'],
    ],
    PHONE: [
      ['010-1234-5678', '010-****-5678'],
      ['01012345678', '010-****-5678'],
      ['010 1234 5678', '010-****-5678'],
      ['(010) 1234.5678', '010-****-5678'],
      ['+82 10-1234-5678', '010-****-5678'],
      ['+82 (0)10 1234 5678', '010-****-5678'],
      ['0082 10 1234 5678', '010-****-5678'],
      ['821012345678', '010-****-5678'],
      ['０１０－１２３４－５６７８', '010-****-5678'],
      ['011-123-4567', '011-***-4567'],
      ['02-1234-5678', '02-****-5678'],
      ['02 123 4567', '02-***-4567'],
      ['+82 2 1234 5678', '02-****-5678'],
      ['031-123-4567', '031-***-4567'],
      ['0507-1234-5678', '0507-****-5678'],
      ['0505-123-4567', '0505-***-4567'],
      ['070-1234-5678', '070-****-5678'],
      ['010-1234-****', '010-****-****'],
      ['010-****-5678', '010-****-5678'],
      ['+1 415 555 2671', '***'],
      ['010-1234-567', '***'],
      ['010-1234-5678 (집)', '***'],
      ['없음', '***'],
    ],
    EMAIL: [
      ['hong@example.com', 'ho***@example.com'],
      ['ho@example.com', 'h***@example.com'],
      ['h@example.com', '***@example.com'],
      ['홍길동@예시.한국', '홍길***@예시.한국'],
      ['hong.gildong+bill@mail.example.co.kr', 'ho***@mail.example.co.kr'],
      ['ho***@example.com', 'ho***@example.com'],
      ['hong@01012345678.example', '***'],
      ['hong', '***'],
      ['hong@localhost', '***'],
      ['"a@b"@example.com', '***'],
      ['Hong <hong@example.com>', '***'],
    ],
    ADDRESS: [
      ['서울특별시 강남구 역삼동 123-45 행복아파트 101동 1001호', '서울특별시 강남구 역삼동 ***'],
      ['서울특별시 강남구 테헤란로 152, 3층', '서울특별시 강남구 테헤란로 ***'],
      ['경기 성남시 분당구 판교역로235번길 12', '경기 성남시 분당구 판교역로235번길 ***'],
      ['경기도 양평군 양평읍 양근리 1', '경기도 양평군 양평읍 ***'],
      ['충청북도 청주시 상당구 101동 1001호', '충청북도 청주시 상당구 ***'],
      ['서울 강남구', '서울 강남구 ***'],
      [nfd('서울 강남구 역삼동 1'), '서울 강남구 역삼동 ***'],
      ['홍길동 댁', '***'],
      ['221B Baker Street', '***'],
    ],
    BIRTH_DATE: [
      ['1990-01-31', '19**-**-**'],
      ['20011231', '20**-**-**'],
      ['1990년 1월 31일', '19**-**-**'],
      ['1990-01-31T00:00:00Z', '19**-**-**'],
      ['１９９０．０１．３１', '19**-**-**'],
      ['1990', '19**-**-**'],
      ['900131', '***'],
      ['200131', '***'],
      ['31 January', '***'],
    ],
    ACCOUNT: [
      ['110-123-456789', '110-1**-******'],
      ['8982300012345678901', '8982***************'],
      ['123456', '123***'],
      ['１１０-１２３', '110-***'],
      [`${'Ab3/'.repeat(21)}Ab==`, `Ab3/Ab3${'*'.repeat(81)}`],
      ['국민 110-123', '***'],
    ],
    IP_ADDRESS: [
      ['192.168.10.20', '192.168.***.20'],
      ['::ffff:192.168.10.20', '::ffff:192.168.***.20'],
      ['2001:db8::1', '2001:db8::****'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:****'],
      ['fe80::1%eth0', 'fe80::****'],
      ['::1', '::****'],
      ['192.168.10.20:443', '***'],
      ['999.1.1.1', '***'],
      ['host', '***'],
    ],
    LOGIN_ID: [
      ['testuser01', 'te***'],
      ['ab', 'a***'],
      ['a', '***'],
      ['hong@example.com', 'ho***@example.com'],
      ['👨‍👩‍👧‍👦bc', '👨‍👩‍👧‍👦b***'],
    ],
    SECRET: [['hunter2', '***']],
  };

  describe.each(Object.entries(shown))('%s', (kind, examples) => {
    it.each(examples)('%s is %s', (value, mask) => {
      if (!isSensitiveKind(kind)) throw new Error(`${kind} is no kind`);
      expect(maskValue(kind, value)).toBe(mask);
    });
  });
});

describe.each(sensitiveKinds)('masking %s', (kind) => {
  const digitsOf = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
  const phone = fc.tuple(fc.constantFrom('010', '+8210', '02', '0507'), digitsOf(4), digitsOf(4));
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('홍', '남', 'a', '1', '*', '-', '@', '.', ':', ' ', '동', '\u200d', '\u0301') }),
    phone.map((parts) => parts.join('-')),
    fc.emailAddress(),
    fc.ipV4(),
    fc.ipV6(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );

  it('never throws, and twice is once', () => {
    fc.assert(
      fc.property(text, (value) => {
        const once = maskValue(kind, value);
        expect(maskValue(kind, once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('shows no run of five digits, unless they are a network’s', () => {
    fc.assert(
      fc.property(text, (value) => {
        const mask = String(maskValue(kind, value)).normalize('NFKC');
        if (kind !== 'IP_ADDRESS') expect(mask).not.toMatch(/\d[\s.-]?\d[\s.-]?\d[\s.-]?\d[\s.-]?\d/);
      }),
      { numRuns: 500 },
    );
  });

  it('shows no value whole, but what was masked already', () => {
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(value.trim() !== '' && !value.includes('*'));
        expect(maskValue(kind, value)).not.toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([17, true, {}, ['010-1234-5678'], 10n, Symbol('x'), 'x'.repeat(501), ' '])('hides %p whole', (value) => {
    expect(maskValue(kind, value)).toBe('***');
  });

  it.each([null, undefined, ''])('leaves %p, which tells nothing', (value) => {
    expect(maskValue(kind, value)).toBe(value);
  });
});

describe('a text for the log', () => {
  it.each([
    ['no line 010-1234-5678', 'no line [phone]'],
    ['line01012345678x', 'line[phone]x'],
    ['call +82 10 1234 5678 or 02-123-4567', 'call [phone] or [phone]'],
    ['０１０１２３４５６７８', '[phone]'],
    ['Key (login)=(hong.gil@example.co.kr) exists', 'Key (login)=([email]) exists'],
    ['sent authorization: Bearer abc.def-123', 'sent authorization: Bearer [token]'],
    ['got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'got [token]'],
    ['postgresql://auth:hunter2@127.0.0.1:5432/auth', 'postgresql://[credentials]@127.0.0.1:5432/auth'],
    ['{"password":"hunter2","x":1}', '{"password":"[secret]","x":1}'],
    ['resident 900101-1234567', 'resident [number]'],
    ['account 11012345678901', 'account [number]'],
  ])('%s becomes %s', (text, scrubbed) => {
    expect(scrubText(text)).toBe(scrubbed);
  });

  it.each([
    'took 1532 ms',
    'order 0e5f2c7a-1b2c-4d3e-9f00-112233445566 at 2026-11-21T03:00:00.123Z',
    'connect ECONNREFUSED 127.0.0.1:54321',
    'ln_Zk3b9QxL0aVtR8yWm2Pc1A',
    'dueAt 1795230000000',
    'migration 20261121000000_first',
    `17:${'01012345678abcde'.repeat(4)}`,
  ])('%s stays as it is', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it('of any length and making is scrubbed in a moment, and once is enough', () => {
    const hostile = ['a'.repeat(1e6), '0'.repeat(1e6), 'a@'.repeat(5e5), '010-'.repeat(2e5), 'eyJ'.repeat(3e5)];
    for (const text of hostile) {
      const startedAt = performance.now();
      scrubText(text);
      // going back over it again and again would take minutes
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(scrubText(scrubText(text))).toBe(scrubText(text));
      }),
    );
  });
});

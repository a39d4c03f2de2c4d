import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createBlindIndex, createFieldCipher, fieldPlace, parseKeyRing, SealBroken, type SealFault } from './index.ts';

const oldKey = randomBytes(32);
const newKey = randomBytes(32);
const cipher = createFieldCipher({ activeKeyId: 'k1', keys: { k1: newKey, k0: oldKey } });
const placeOfRow = (row: string) => fieldPlace({ table: 'customer_line', row, column: 'line_number' });

function faultOf(open: () => string): SealFault | 'opened' {
  try {
    open();
    return 'opened';
  } catch (error) {
    if (error instanceof SealBroken) return error.fault;
    throw error;
  }
}

describe('A field cipher', () => {
  it('gives back every text, with emoji, NUL and nothing at all', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '홍길동 👩‍👩‍👧 \0 끝', '010-1234-5678'));
    fc.assert(
      fc.property(text, fc.string({ unit: 'grapheme' }), (plaintext, place) => {
        expect(cipher.open(cipher.seal(plaintext, place), place)).toBe(plaintext);
      }),
    );
  });

  it('refuses text that UTF-8 would silently change', () => {
    expect(() => cipher.seal('half an emoji: \ud83d', placeOfRow('1'))).toThrow(TypeError);
  });

  it('says version and key id and nothing of the text, differently each time', () => {
    const sealed = cipher.seal('01012345678', placeOfRow('1'));
    expect(sealed).toMatch(/^v1\.k1\.[\w-]+$/);
    expect(sealed).not.toContain('5678');
    expect(cipher.seal('01012345678', placeOfRow('1'))).not.toBe(sealed);
  });

  it('does not open the value of another row, column or table', () => {
    const sealed = cipher.seal('01012345678', placeOfRow('1'));
    expect(faultOf(() => cipher.open(sealed, placeOfRow('2')))).toBe('forged');
    expect(faultOf(() => cipher.open(sealed, fieldPlace({ table: 'customer_line', row: '1', column: 'name' })))).toBe(
      'forged',
    );
    expect(faultOf(() => cipher.open(sealed, fieldPlace({ table: 'bill', row: '1', column: 'line_number' })))).toBe(
      'forged',
    );
  });

  it('tells places apart that would read the same when written in a row', () => {
    const one = fieldPlace({ table: 'a', row: 'b","c', column: 'd' });
    const two = fieldPlace({ table: 'a', row: 'b', column: 'c","d' });
    expect(one).not.toBe(two);
  });

  it('notices any changed character', () => {
    const place = placeOfRow('1');
    const sealed = cipher.seal('01012345678', place);
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.constantFrom('A', 'Q', 'w', '9', '_', '-', '.', '='),
        (at, character) => {
          const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
          if (changed !== sealed) expect(faultOf(() => cipher.open(changed, place))).not.toBe('opened');
        },
      ),
    );
  });

  it.each(['', 'v1', 'v1.k1.', 'v2.k1.AAAA', 'v1.k1.AAAA', '01012345678', 'v1.k1.****'])(
    'calls %j malformed',
    (sealed) => {
      expect(faultOf(() => cipher.open(sealed, placeOfRow('1')))).toBe('malformed');
    },
  );

  it('opens what an older key sealed, seals with the active one, and needs the old one for that', () => {
    const place = placeOfRow('1');
    const before = createFieldCipher({ activeKeyId: 'k0', keys: { k0: oldKey } });
    const after = createFieldCipher({ activeKeyId: 'k1', keys: { k1: newKey } });
    const sealedBefore = before.seal('홍길동', place);
    expect(cipher.open(sealedBefore, place)).toBe('홍길동');
    expect(after.open(cipher.seal('홍길동', place), place)).toBe('홍길동');
    expect(faultOf(() => after.open(sealedBefore, place))).toBe('unknown-key');
  });

  it('does not take a name every object knows for a key id', () => {
    const [, , body = ''] = cipher.seal('홍길동', placeOfRow('1')).split('.');
    expect(faultOf(() => cipher.open(`v1.constructor.${body}`, placeOfRow('1')))).toBe('unknown-key');
  });
});

describe('A key ring', () => {
  const base64 = (key: Buffer) => key.toString('base64');

  it('is read from text, the first key being the active one', () => {
    const ring = parseKeyRing(`k1:${base64(newKey)}, k0:${base64(oldKey)}`);
    expect(ring.activeKeyId).toBe('k1');
    expect(Buffer.from(ring.keys['k0'] ?? [])).toEqual(oldKey);
    expect(createFieldCipher(ring).open(cipher.seal('홍길동', 'here'), 'here')).toBe('홍길동');
  });

  it.each([
    ['', 'entry 1 must be written id:base64'],
    [base64(newKey), 'entry 1 must be written id:base64'],
    [`k1:${base64(newKey)},`, 'entry 2 must be written id:base64'],
    ['k1:not base64!', 'key k1 must be base64'],
    [`k1:${base64(randomBytes(16))}`, 'key k1 must hold 32 bytes'],
    [`k1:${base64(newKey)},k1:${base64(oldKey)}`, 'key id k1 is given twice'],
    [`k.1:${base64(newKey)}`, 'entry 1 must be written id:base64'],
  ])('is refused with the reason and without the key (%#)', (text, reason) => {
    expect(() => parseKeyRing(text)).toThrow(new RangeError(reason));
  });

  it('must hold its active key', () => {
    expect(() => createFieldCipher({ activeKeyId: 'k2', keys: { k1: newKey } })).toThrow(RangeError);
    expect(() => createFieldCipher({ activeKeyId: 'toString', keys: { k1: newKey } })).toThrow(RangeError);
  });
});

describe('A blind index', () => {
  it('is equal for equal text under one key, and for nothing else', () => {
    const index = createBlindIndex(newKey);
    expect(index('01012345678')).toBe(createBlindIndex(newKey)('01012345678'));
    expect(index('01012345678')).toHaveLength(43);
    expect(index('01012345678')).not.toBe(index('01012345679'));
    expect(index('01012345678')).not.toBe(createBlindIndex(oldKey)('01012345678'));
  });

  it('refuses a short key', () => {
    expect(() => createBlindIndex(randomBytes(16))).toThrow(RangeError);
  });
});

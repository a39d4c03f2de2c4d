import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { checkKeyRing, type KeyRing } from './key-ring.ts';
import { SealBroken } from './seal-broken.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const sealedPattern = /^v1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]+)$/;
const loneSurrogate = /\p{Surrogate}/u;

/** Seals text so that only a holder of the key reads it, and only at the place it was sealed for. */
export interface FieldCipher {
  /** Answers `v1.<key id>.<base64url>`, different each time. Throws TypeError for text that UTF-8 cannot carry. */
  seal(plaintext: string, place: string): string;
  /** Answers the text sealed for this place, also with an older key of the ring. Throws SealBroken. */
  open(sealed: string, place: string): string;
}

/** Names one column of one row without ambiguity, for use as the place of a sealed value. */
export const fieldPlace = (field: { readonly table: string; readonly row: string; readonly column: string }): string =>
  JSON.stringify([field.table, field.row, field.column]);

/** Makes an AES-256-GCM cipher over a ring of keys; the place is authenticated, not stored. */
export function createFieldCipher(ring: KeyRing): FieldCipher {
  const { activeKeyId } = checkKeyRing(ring);
  const keys = new Map(Object.entries(ring.keys).map(([keyId, key]) => [keyId, Buffer.from(key)]));

  function keyOf(keyId: string): Buffer {
    const key = keys.get(keyId);
    if (key === undefined) throw new SealBroken('unknown-key');
    return key;
  }

  return {
    seal(plaintext, place) {
      if (loneSurrogate.test(plaintext)) throw new TypeError('Text with a lone surrogate would not survive UTF-8');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, keyOf(activeKeyId), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place, 'utf8'));
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return `v1.${activeKeyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },

    open(sealed, place) {
      const { keyId, nonce, tag, body } = takeApart(sealed);
      const decipher = createDecipheriv(ALGORITHM, keyOf(keyId), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place, 'utf8')).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SealBroken('forged', { cause });
      }
    },
  };
}

function takeApart(sealed: string) {
  const [, keyId, text] = sealedPattern.exec(sealed) ?? [];
  if (keyId === undefined || text === undefined) throw new SealBroken('malformed');
  const bytes = Buffer.from(text, 'base64url');
  // One value has one spelling: the spare bits at the end of base64 must be zero.
  const isCanonical = bytes.toString('base64url') === text;
  if (!isCanonical || bytes.length < NONCE_BYTES + TAG_BYTES) throw new SealBroken('malformed');
  return {
    keyId,
    nonce: bytes.subarray(0, NONCE_BYTES),
    tag: bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    body: bytes.subarray(NONCE_BYTES + TAG_BYTES),
  };
}

import { createHmac, hkdfSync } from 'node:crypto';

import type { KeyRing } from '@supergraph/platform/encryption';

const keyBytes = 32;

/** What the keys of the audit are used for; each use has keys of its own, derived from them. */
type Purpose = 'chain' | 'address' | 'subject';

/** The keys of a ring for one purpose, under the same ids. */
export const keysFor = (purpose: Purpose, { activeKeyId, keys }: KeyRing): KeyRing => ({
  activeKeyId,
  keys: Object.fromEntries(
    Object.entries(keys).map(([keyId, key]) => [
      keyId,
      new Uint8Array(hkdfSync('sha256', key, '', `audit ${purpose}`, keyBytes)),
    ]),
  ),
});

/** Authenticates text with a key of a ring; null when the ring has no such key. */
export function authenticate(ring: KeyRing, keyId: string, text: string): string | null {
  const key = Object.hasOwn(ring.keys, keyId) ? ring.keys[keyId] : undefined;
  return key === undefined ? null : createHmac('sha256', key).update(text).digest('base64url');
}

/** JSON of a flat value that is the same whatever the order of its fields, and whatever fields are added later as null. */
export const canonicalJson = (value: object): string =>
  JSON.stringify(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

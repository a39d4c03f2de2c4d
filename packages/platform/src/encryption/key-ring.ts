import { Buffer } from 'node:buffer';

/** Length of an AES-256 key. */
export const KEY_BYTES = 32;

const keyIdPattern = /^[A-Za-z0-9_-]{1,32}$/;
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/;

/** The keys that open sealed values, by key id, and the one that seals new ones. Keys are 32 bytes. */
export interface KeyRing {
  readonly activeKeyId: string;
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/**
 * Reads `k1:base64,k0:base64`: the first key seals, the others only open what they sealed earlier.
 * Throws RangeError that names the entry at fault and never repeats key material.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Uint8Array>();
  for (const [index, entry] of text.split(',').entries()) {
    const { keyId, key } = parseEntry(entry.trim(), index + 1);
    if (keys.has(keyId)) throw new RangeError(`key id ${keyId} is given twice`);
    keys.set(keyId, key);
  }
  const [activeKeyId = ''] = keys.keys();
  return checkKeyRing({ activeKeyId, keys: Object.fromEntries(keys) });
}

function parseEntry(entry: string, position: number) {
  const separator = entry.indexOf(':');
  const keyId = entry.slice(0, Math.max(separator, 0));
  const base64 = entry.slice(separator + 1);
  if (!keyIdPattern.test(keyId)) throw new RangeError(`entry ${position} must be written id:base64`);
  if (!base64Pattern.test(base64)) throw new RangeError(`key ${keyId} must be base64`);
  return { keyId, key: Buffer.from(base64, 'base64') };
}

/** Answers the ring itself when it can be used; throws RangeError otherwise. */
export function checkKeyRing(ring: KeyRing): KeyRing {
  for (const [keyId, key] of Object.entries(ring.keys)) {
    if (!keyIdPattern.test(keyId)) throw new RangeError('a key id is 1 to 32 letters, digits, _ or -');
    if (key.length !== KEY_BYTES) throw new RangeError(`key ${keyId} must hold ${KEY_BYTES} bytes`);
  }
  if (!Object.hasOwn(ring.keys, ring.activeKeyId)) throw new RangeError('the active key is not on the ring');
  return ring;
}

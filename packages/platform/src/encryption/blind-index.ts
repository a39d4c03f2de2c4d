import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

import { KEY_BYTES } from './key-ring.ts';

/**
 * Makes the function that answers the same 43 characters (HMAC-SHA256, base64url) for the same text, so that a sealed
 * column can be searched for equality. One key per column, never a sealing key: equal texts are equal in the index.
 * Throws RangeError for a key under 32 bytes.
 */
export function createBlindIndex(key: Uint8Array): (text: string) => string {
  if (key.length < KEY_BYTES) throw new RangeError(`a blind index key must hold at least ${KEY_BYTES} bytes`);
  const secret = Buffer.from(key);
  return (text) => createHmac('sha256', secret).update(text, 'utf8').digest('base64url');
}

import { createHmac } from 'node:crypto';

/**
 * Makes ids that name a thing without telling it: the same everywhere the same key is known, not to be turned back.
 * An id is the prefix and 22 characters of HMAC-SHA256 (132 bits).
 */
export const createOpaqueId =
  (key: Buffer, prefix: string) =>
  (thing: string): string =>
    prefix + createHmac('sha256', key).update(thing, 'utf8').digest('base64url').slice(0, 22);

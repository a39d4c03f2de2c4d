import { createHash } from 'node:crypto';

import { CodedError } from '@supergraph/platform/errors';

import type { RequestedStart } from './effective-date.ts';

/** What a key is good for: exactly this wish, by this user. */
export interface Wish {
  readonly lineId: string;
  readonly productCode: string;
  readonly requestedStart: RequestedStart;
  readonly expectedVersion: number | null;
}

/** A user's own name for a wish. Another user's key of the same text is another key. */
export interface IdempotencyKey {
  readonly userId: string;
  readonly externalId: string;
}

const presentable = /^[^\p{C}]{1,64}$/u;

/** Throws IDEMPOTENCY_KEY_REQUIRED for a key that is blank, longer than 64 characters or holds unprintable ones. */
export function readExternalId(text: string): string {
  if (text.length > 64 || text.trim() === '' || !presentable.test(text))
    throw new CodedError('IDEMPOTENCY_KEY_REQUIRED', { field: 'externalId' });
  return text;
}

/** Tells one wish from another without keeping it. */
export const fingerprintOf = (wish: Wish): string =>
  createHash('sha256')
    .update(JSON.stringify([wish.lineId, wish.productCode, wish.requestedStart, wish.expectedVersion]), 'utf8')
    .digest('base64url');

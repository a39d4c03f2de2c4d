import { createHash } from 'node:crypto';

import type { OpaqueTokens } from '../domain/ports.ts';

const tokenBytes = 32;

/** Makes opaque tokens of 256 random bits; of those nothing but a plain hash need be stored. */
export const createOpaqueTokens = (by: { readonly randomBytes: (size: number) => Buffer }): OpaqueTokens => ({
  create: () => by.randomBytes(tokenBytes).toString('base64url'),
  hash: (token) => createHash('sha256').update(token).digest('base64url'),
});

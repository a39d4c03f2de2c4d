import { accessTokenLifetimeMs, signAccessToken, type SigningKey } from '@supergraph/platform/identity';
import { SECOND_MS } from '@supergraph/platform/time';

import type { AccessTokens } from '../domain/ports.ts';

/** Makes the signer of access tokens. */
export const createAccessTokens = (by: { readonly key: SigningKey; readonly newId: () => string }): AccessTokens => ({
  sign: (claims, issuedAt) => ({
    token: signAccessToken(claims, { key: by.key, issuedAt, tokenId: by.newId() }),
    // A token counts its life in whole seconds.
    expiresAt: new Date(Math.floor(issuedAt.getTime() / SECOND_MS) * SECOND_MS + accessTokenLifetimeMs),
  }),
});

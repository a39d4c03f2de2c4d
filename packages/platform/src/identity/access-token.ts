import { z } from 'zod';

import { CodedError } from '../errors/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';
import { signToken, verifyToken, type FindPublicKey, type TokenKind } from './signed-token.ts';
import type { SigningKey } from './signing-key.ts';
import { roleSchema, type Viewer } from './viewer.ts';

/** How long an access token is good for. */
export const accessTokenLifetimeMs = 30 * MINUTE_MS;

/** Differences between machines' clocks that are forgiven. */
const leewayMs = MINUTE_MS;

const kind: TokenKind = { type: 'at+jwt', issuer: 'urn:mvno:auth', audience: 'urn:mvno:gateway' };

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  customer_id: z.string().min(1).nullable(),
  role: roleSchema,
  scope: z.string(),
});

/** Signs a viewer's access token (RFC 9068), good for 30 minutes; it carries opaque ids and permissions only. */
export const signAccessToken = (
  viewer: Viewer,
  by: { readonly key: SigningKey; readonly issuedAt: Date; readonly tokenId: string },
): string =>
  signToken({
    kind,
    key: by.key,
    issuedAt: by.issuedAt,
    lifetimeMs: accessTokenLifetimeMs,
    claims: {
      sub: viewer.userId,
      sid: viewer.sessionId,
      jti: by.tokenId,
      customer_id: viewer.customerId,
      role: viewer.role,
      scope: viewer.scopes.join(' '),
    },
  });

/** Makes the check of access tokens: token → viewer, or TOKEN_EXPIRED or INVALID_TOKEN. */
export function createAccessTokenVerifier(by: { readonly findKey: FindPublicKey; readonly clock: Clock }) {
  return async (token: string): Promise<Viewer> => {
    const claims = claimsSchema.safeParse(await verifyToken(token, { kind, leewayMs, ...by }));
    if (!claims.success) throw new CodedError('INVALID_TOKEN', { cause: claims.error });
    const { sub, sid, customer_id, role, scope } = claims.data;
    return { userId: sub, sessionId: sid, customerId: customer_id, role, scopes: scope.split(' ').filter(Boolean) };
  };
}

import type { KeyObject } from 'node:crypto';

import jsonwebtoken from 'jsonwebtoken';

import { CodedError } from '../errors/index.ts';
import type { Clock } from '../time/index.ts';
import type { SigningKey } from './signing-key.ts';

const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1_000);
const longestToken = 8_192;

/** What distinguishes one kind of token from every other. */
export interface TokenKind {
  /** The `typ` header, so that no token can pass for one of another kind (RFC 8725 §3.11). */
  readonly type: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Signs claims with ES256. */
export function signToken(request: {
  readonly kind: TokenKind;
  readonly key: Pick<SigningKey, 'keyId' | 'privateKey'>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuedAt: Date;
  readonly lifetimeMs: number;
}): string {
  const issuedAt = secondsOf(request.issuedAt);
  return jsonwebtoken.sign(
    {
      ...request.claims,
      iss: request.kind.issuer,
      aud: request.kind.audience,
      iat: issuedAt,
      exp: issuedAt + Math.floor(request.lifetimeMs / 1_000),
    },
    request.key.privateKey,
    { algorithm: 'ES256', header: { alg: 'ES256', typ: request.kind.type, kid: request.key.keyId } },
  );
}

/** Finds the public key a token names; null when it is unknown. */
export type FindPublicKey = (keyId: string) => Promise<KeyObject | null> | KeyObject | null;

/**
 * The claims of a token, once signature, algorithm, kind, issuer, audience and times have been checked.
 * Throws TOKEN_EXPIRED for a token that was good until it ended, INVALID_TOKEN for anything else.
 */
export async function verifyToken(
  token: string,
  expected: {
    readonly kind: TokenKind;
    readonly findKey: FindPublicKey;
    readonly clock: Clock;
    readonly leewayMs: number;
  },
): Promise<Readonly<Record<string, unknown>>> {
  if (token.length > longestToken) throw new CodedError('INVALID_TOKEN');
  const header = headerOf(token);
  if (header?.alg !== 'ES256' || header.typ !== expected.kind.type || typeof header.kid !== 'string') {
    throw new CodedError('INVALID_TOKEN');
  }
  const key = await expected.findKey(header.kid);
  if (key === null) throw new CodedError('INVALID_TOKEN');
  const claims = checkedClaims(token, key, expected);
  if (typeof claims === 'string' || claims.exp === undefined) throw new CodedError('INVALID_TOKEN');
  return claims;
}

/** What a text says of itself as a token. Decoding throws for some texts that are none, and answers null for others. */
function headerOf(token: string): jsonwebtoken.JwtHeader | undefined {
  try {
    return jsonwebtoken.decode(token, { complete: true })?.header;
  } catch (cause) {
    throw new CodedError('INVALID_TOKEN', { cause });
  }
}

function checkedClaims(
  token: string,
  key: KeyObject,
  expected: { readonly kind: TokenKind; readonly clock: Clock; readonly leewayMs: number },
) {
  try {
    return jsonwebtoken.verify(token, key, {
      algorithms: ['ES256'],
      issuer: expected.kind.issuer,
      audience: expected.kind.audience,
      clockTimestamp: secondsOf(expected.clock.now()),
      clockTolerance: Math.floor(expected.leewayMs / 1_000),
    });
  } catch (cause) {
    const hasExpired = cause instanceof jsonwebtoken.TokenExpiredError;
    throw new CodedError(hasExpired ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN', { cause });
  }
}

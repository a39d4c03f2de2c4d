import type { KeyObject } from 'node:crypto';

import { z } from 'zod';

import { CodedError } from '../errors/index.ts';
import { MINUTE_MS, type Clock } from '../time/index.ts';
import { signToken, verifyToken, type TokenKind } from './signed-token.ts';
import { keyIdOf, type SigningKey } from './signing-key.ts';

/** How long after the password was given a change may be made with it. */
export const stepUpLifetimeMs = 5 * MINUTE_MS;

const kind: TokenKind = { type: 'step-up+jwt', issuer: 'urn:mvno:auth', audience: 'urn:mvno:subgraph:product' };

const claimsSchema = z.object({
  jti: z.string().min(1),
  sub: z.string().min(1),
  sid: z.string().min(1),
  challenge: z.string().min(1),
});

/** That a person gave the password once more, in a session, for one change. */
export interface StepUp {
  /** Whoever accepts it keeps this, so that it counts once. */
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Names the change, in the words of whoever asked for it. */
  readonly challenge: string;
}

/** Signs auth's word that a person stepped up, good for five minutes. */
export const signStepUpToken = (stepUp: StepUp, by: { readonly key: SigningKey; readonly issuedAt: Date }): string =>
  signToken({
    kind,
    key: by.key,
    issuedAt: by.issuedAt,
    lifetimeMs: stepUpLifetimeMs,
    claims: { jti: stepUp.id, sub: stepUp.userId, sid: stepUp.sessionId, challenge: stepUp.challenge },
  });

/** Makes the check of step-up tokens against auth's public keys, old and new: throws INVALID_TOKEN or TOKEN_EXPIRED. */
export function createStepUpTokenVerifier(by: { readonly publicKeys: readonly KeyObject[]; readonly clock: Clock }) {
  const ids = Promise.all(by.publicKeys.map(keyIdOf));
  const findKey = async (keyId: string): Promise<KeyObject | null> => by.publicKeys[(await ids).indexOf(keyId)] ?? null;

  return async (token: string): Promise<StepUp> => {
    const claims = claimsSchema.safeParse(await verifyToken(token, { kind, leewayMs: 0, clock: by.clock, findKey }));
    if (!claims.success) throw new CodedError('INVALID_TOKEN', { cause: claims.error });
    const { jti, sub, sid, challenge } = claims.data;
    return { id: jti, userId: sub, sessionId: sid, challenge };
  };
}

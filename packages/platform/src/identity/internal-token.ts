import type { KeyObject } from 'node:crypto';

import { LRUCache } from 'lru-cache';
import { z } from 'zod';

import { CodedError } from '../errors/index.ts';
import { MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';
import { signToken, verifyToken, type TokenKind } from './signed-token.ts';
import type { SigningKey } from './signing-key.ts';
import { viewerSchema, type Viewer } from './viewer.ts';

/** The header that carries the gateway's word to a subgraph; the gateway never forwards one from outside. */
export const internalTokenHeader = 'x-internal-token';

const lifetimeMs = MINUTE_MS;
/** A token is handed out again while at least this much of its life is left. */
const reuseMs = lifetimeMs / 2;
const leewayMs = 5 * SECOND_MS;

const kindFor = (subgraph: string): TokenKind => ({
  type: 'internal+jwt',
  issuer: 'urn:mvno:gateway',
  audience: `urn:mvno:subgraph:${subgraph}`,
});

const claimsSchema = z.object({ viewer: viewerSchema.nullable() });

/** Makes the gateway's signer: who is asking (null for nobody) and which subgraph is meant → a token good for 60 s. */
export function createInternalTokenSigner(by: { readonly key: SigningKey; readonly clock: Clock }) {
  const recent = new LRUCache<string, { readonly token: string; readonly issuedAtMs: number }>({ max: 5_000 });
  return (viewer: Viewer | null, subgraph: string): string => {
    const issuedAt = by.clock.now();
    const cacheKey = JSON.stringify([subgraph, viewer]);
    const known = recent.get(cacheKey);
    const ageMs = issuedAt.getTime() - (known?.issuedAtMs ?? Number.NEGATIVE_INFINITY);
    if (known !== undefined && ageMs >= 0 && ageMs < reuseMs) return known.token;
    const token = signToken({ kind: kindFor(subgraph), key: by.key, issuedAt, lifetimeMs, claims: { viewer } });
    recent.set(cacheKey, { token, issuedAtMs: issuedAt.getTime() });
    return token;
  };
}

/** Makes a subgraph's check: token → who is asking, null for nobody. Throws INVALID_TOKEN or TOKEN_EXPIRED. */
export function createInternalTokenVerifier(by: {
  readonly subgraph: string;
  readonly publicKey: KeyObject;
  readonly clock: Clock;
}) {
  const kind = kindFor(by.subgraph);
  return async (token: string): Promise<Viewer | null> => {
    const claims = await verifyToken(token, { kind, leewayMs, clock: by.clock, findKey: () => by.publicKey });
    const checked = claimsSchema.safeParse(claims);
    if (!checked.success) throw new CodedError('INVALID_TOKEN', { cause: checked.error });
    return checked.data.viewer;
  };
}

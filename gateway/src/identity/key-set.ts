import { createPublicKey, type KeyObject } from 'node:crypto';

import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';
import { z } from 'zod';

const keySetSchema = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string(),
        y: z.string(),
        kid: z.string().min(1),
      }),
    )
    .max(20),
});

/** After this the keys are fetched again beside the request, so that a withdrawn one stops working. */
const refreshAfterMs = 5 * MINUTE_MS;
/** An unknown key id makes the keys be fetched at most this often, however many tokens carry one. */
const unknownKeyPauseMs = 30 * SECOND_MS;
/** How soon a failed fetch is tried again. */
const failurePauseMs = SECOND_MS;

/** The public keys that access tokens are verified with. */
export interface KeySet {
  /** The key of an id, null when there is none. Throws AUTH_STATE_UNAVAILABLE when no keys could be had so far. */
  find(keyId: string): Promise<KeyObject | null>;
  /** Whether keys are at hand or can be had now. */
  isUsable(): Promise<boolean>;
}

/** Makes a key set that fetches a JWK set when it is first needed, and again when keys change. */
export function createKeySet(options: {
  readonly fetchKeys: () => Promise<unknown>;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): KeySet {
  let keys: ReadonlyMap<string, KeyObject> | null = null;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | null = null;

  const nowMs = () => options.clock.now().getTime();

  async function fetchOnce(): Promise<void> {
    try {
      const { keys: jwks } = keySetSchema.parse(await options.fetchKeys());
      keys = new Map(jwks.map(({ kid, ...jwk }) => [kid, createPublicKey({ key: jwk, format: 'jwk' })]));
      loadedAtMs = nowMs();
    } catch (error) {
      failedAtMs = nowMs();
      options.failed(error);
    } finally {
      loading = null;
    }
  }

  async function load(unlessLoadedWithinMs: number): Promise<void> {
    const now = nowMs();
    if (now - loadedAtMs < unlessLoadedWithinMs) return;
    if (loading === null && now - failedAtMs < failurePauseMs) return;
    await (loading ??= fetchOnce());
  }

  return {
    find: async (keyId) => {
      const known = keys?.get(keyId);
      if (known !== undefined) {
        void load(refreshAfterMs);
        return known;
      }
      await load(unknownKeyPauseMs);
      if (keys === null) throw new CodedError('AUTH_STATE_UNAVAILABLE', { retryAfterMs: failurePauseMs });
      return keys.get(keyId) ?? null;
    },
    isUsable: async () => {
      if (keys === null) await load(0);
      return keys !== null;
    },
  };
}

import { createPublicKey, type KeyObject } from 'node:crypto';

import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';
import { z } from 'zod';

import { isRecent } from './is-recent.ts';

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

/**
 * The public keys that access tokens are verified with. The last good ones are kept as long as the process lives, not on
 * disk: a gateway that starts while auth is away could verify a token, but not ask whether its session still counts.
 */
export interface KeySet {
  /** The key of an id, null when there is none. Throws AUTH_STATE_UNAVAILABLE when that could not be found out. */
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

  const isLoadedWithin = (ms: number): boolean => isRecent(options.clock, loadedAtMs, ms);

  /** Tells whether the keys are that new, if need be by fetching them. */
  async function load(noLongerThanMs: number): Promise<boolean> {
    if (isLoadedWithin(noLongerThanMs)) return true;
    if (loading === null && isRecent(options.clock, failedAtMs, failurePauseMs)) return false;
    await (loading ??= fetchOnce());
    return isLoadedWithin(noLongerThanMs);
  }

  return {
    find: async (keyId) => {
      const known = keys?.get(keyId);
      if (known !== undefined) {
        void load(refreshAfterMs);
        return known;
      }
      const isInDate = await load(unknownKeyPauseMs);
      const found = keys?.get(keyId);
      // It may be a key that auth signs with since it was last heard of: nobody is called a forger for that.
      if (found === undefined && !isInDate) {
        throw new CodedError('AUTH_STATE_UNAVAILABLE', { retryAfterMs: failurePauseMs });
      }
      return found ?? null;
    },
    isUsable: async () => {
      if (keys === null) await load(0);
      return keys !== null;
    },
  };
}

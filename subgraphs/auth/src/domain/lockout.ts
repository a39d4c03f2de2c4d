import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS, type Clock } from '@supergraph/platform/time';

import type { LoginAttempt, LoginAttempts } from './ports.ts';

export const lockoutRules = {
  /** So many tries in a row may fail. */
  mostTries: 5,
  /** How long no more are heard then, and how long a failed try is remembered. */
  blockMs: 30 * MINUTE_MS,
} as const;

/**
 * Limits guessing by login id, whether or not anybody has that id. A try counts as failed until it turns out right, so
 * that parallel guesses cannot all be checked before the first of them has failed.
 */
export function createLockout({ attempts, clock }: { readonly attempts: LoginAttempts; readonly clock: Clock }) {
  return {
    /** Counts an attempt for good, before it is checked. Throws LOGIN_BLOCKED. */
    admit: async (attempt: LoginAttempt): Promise<void> => {
      const expiresAt = new Date(attempt.at.getTime() + lockoutRules.blockMs);
      const tries = await attempts.count(attempt, { most: lockoutRules.mostTries, expiresAt });
      if (tries.count <= lockoutRules.mostTries) return;
      throw new CodedError('LOGIN_BLOCKED', { retryAfterMs: tries.expiresAt.getTime() - attempt.at.getTime() });
    },

    isLocked: async (loginId: string): Promise<boolean> => {
      const tries = await attempts.triesOf(loginId);
      return tries !== null && tries.count >= lockoutRules.mostTries && tries.expiresAt > clock.now();
    },
  };
}

export type Lockout = ReturnType<typeof createLockout>;

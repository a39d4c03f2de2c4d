import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS, type Clock } from '@supergraph/platform/time';

import type { PasswordAttempt, PasswordAttempts } from './ports.ts';

export const lockoutRules = {
  /** So many tries in a row may fail. */
  mostTries: 5,
  /** How long no more are heard then, and how long a failed try is remembered. */
  blockMs: 30 * MINUTE_MS,
} as const;

/**
 * Limits guessing by login id, whether or not anybody has that id, and by known device, so that nobody elsewhere can lock
 * its owner out. A try counts as failed until it turns out right: parallel guesses cannot all be checked before one failed.
 */
export function createLockout({ attempts, clock }: { readonly attempts: PasswordAttempts; readonly clock: Clock }) {
  return {
    /** Counts an attempt for good, before it is checked. Throws LOGIN_BLOCKED. */
    admit: async (attempt: PasswordAttempt): Promise<void> => {
      const expiresAt = new Date(attempt.at.getTime() + lockoutRules.blockMs);
      const tries = await attempts.count(attempt, { most: lockoutRules.mostTries, expiresAt });
      if (tries.count <= lockoutRules.mostTries) return;
      throw new CodedError('LOGIN_BLOCKED', { retryAfterMs: tries.expiresAt.getTime() - attempt.at.getTime() });
    },

    /** Whether devices that are not known are locked out. */
    isLocked: async (loginId: string): Promise<boolean> => {
      const tries = await attempts.triesOf(loginId);
      return tries !== null && tries.count >= lockoutRules.mostTries && tries.expiresAt > clock.now();
    },
  };
}

export type Lockout = ReturnType<typeof createLockout>;

import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@supergraph/database/testing';
import { CodedError } from '@supergraph/platform/errors';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { createManualClock } from '@supergraph/platform/testing';
import fc from 'fast-check';

import { openAuthDatabase, type AuthDatabase } from '../storage/auth-database.ts';
import { createLoginHistoryRows } from '../storage/login-history.ts';
import { createPasswordAttemptStore } from '../storage/password-attempt-store.ts';
import { createLockout } from './lockout.ts';

const clock = createManualClock('2026-11-21T03:00:00.000Z');
const client = { address: null, userAgent: null };
let database: AuthDatabase;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await createTestDatabase('auth');
  drop = () => made.drop();
  database = openAuthDatabase({ url: made.url, maxConnections: 10, onError: () => undefined });
});
afterAll(async () => {
  await database.$disconnect();
  await drop();
});

const aLockout = () => {
  const historyRow = createLoginHistoryRows(createFieldCipher({ activeKeyId: 'k', keys: { k: Buffer.alloc(32) } }));
  const attempts = createPasswordAttemptStore({ database, identifierOf: (loginId) => loginId, historyRow });
  return createLockout({ attempts, clock });
};

const isAdmitted = async (lockout: ReturnType<typeof aLockout>, loginId: string): Promise<boolean> => {
  try {
    await lockout.admit({
      id: randomUUID(),
      kind: 'LOGIN',
      loginId,
      account: null,
      deviceId: null,
      sessionId: null,
      client,
      at: clock.now(),
    });
    return true;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'LOGIN_BLOCKED') return false;
    throw error;
  }
};

describe('Whatever is tried in whatever order', () => {
  const minutes = fc.integer({ min: 1, max: 40 }).map((count) => ({ step: 'wait' as const, ms: count * 60_000 }));
  const bursts = fc.integer({ min: 1, max: 8 }).map((size) => ({ step: 'guess' as const, size }));
  const forgiven = fc.constant({ step: 'forgive' as const });

  it('no more than five guesses are let in between a success or 30 quiet minutes and the next', async () => {
    const lockout = aLockout();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(minutes, bursts, forgiven), { maxLength: 15 }), async (steps) => {
        const loginId = randomUUID();
        let spent = 0;
        let endsAtMs = Number.NEGATIVE_INFINITY;
        for (const step of steps) {
          const nowMs = clock.now().getTime();
          if (endsAtMs <= nowMs) spent = 0;
          if (step.step === 'wait') clock.advance(step.ms);
          else if (step.step === 'forgive') {
            await database.loginAttempt.deleteMany({ where: { identifier: loginId } });
            spent = 0;
          } else {
            const tries = await Promise.all(Array.from({ length: step.size }, () => isAdmitted(lockout, loginId)));
            const expected = Math.min(step.size, 5 - spent);
            expect(tries.filter(Boolean)).toHaveLength(expected);
            if (expected > 0) endsAtMs = nowMs + 30 * 60_000;
            spent += expected;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

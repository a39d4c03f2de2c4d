import { z } from 'zod';

import type { Account } from '../domain/account.ts';
import type { PasswordAttempt, PasswordAttempts } from '../domain/ports.ts';
import { inTransaction, type AuthDatabase, type AuthTransaction } from './auth-database.ts';
import type { LoginHistoryRows } from './login-history.ts';

/** Turns what tries are counted for into a key, so that the table does not say who was tried. */
export type IdentifierOf = (counted: string) => string;

const counted = z.tuple([z.object({ count: z.number(), expiresAt: z.date() })]);

/** What a try failed for, should it not turn out right. */
const reasonToFail = (account: Account | null): string => {
  if (account === null) return 'UNKNOWN_ID';
  return account.status === 'ACTIVE' ? 'WRONG_PASSWORD' : `ACCOUNT_${account.status}`;
};

/** No login id has a colon in it, so nobody's tries are counted as a device's. */
const countedFor = ({ loginId, deviceId }: Pick<PasswordAttempt, 'loginId' | 'deviceId'>): string =>
  deviceId === null ? loginId : `device:${deviceId}`;

/** Makes what turns an attempt into a success within a transaction; see PasswordAttempts.succeed. */
export const createSucceed =
  (identifierOf: IdentifierOf) =>
  async (transaction: AuthTransaction, attempt: PasswordAttempt, sessionId: string): Promise<void> => {
    await transaction.loginAttempt.deleteMany({ where: { identifier: identifierOf(countedFor(attempt)) } });
    await transaction.loginHistory.updateMany({
      where: { id: attempt.id },
      data: { outcome: 'SUCCESS', reason: null, sessionId },
    });
  };

/** Makes the count of passwords tried in the database. */
export function createPasswordAttemptStore(parts: {
  readonly database: AuthDatabase;
  readonly identifierOf: IdentifierOf;
  readonly historyRow: LoginHistoryRows;
}): PasswordAttempts {
  const { database, identifierOf, historyRow } = parts;
  const succeed = createSucceed(identifierOf);

  /** One statement, so that parallel attempts take turns on the row and none is counted twice or missed. */
  const increment = async (
    transaction: AuthTransaction,
    given: { identifier: string; most: number; now: Date; expiresAt: Date },
  ) => {
    const { identifier, most, now, expiresAt } = given;
    const rows = await transaction.$queryRaw`
      INSERT INTO login_attempt AS known (identifier, tries, expires_at)
      VALUES (${identifier}, 1, ${expiresAt}::timestamptz)
      ON CONFLICT (identifier) DO UPDATE SET
        tries = CASE WHEN known.expires_at <= ${now}::timestamptz THEN 1
                     ELSE LEAST(known.tries + 1, ${most + 1}::int) END,
        expires_at = CASE WHEN known.expires_at > ${now}::timestamptz AND known.tries >= ${most}::int
                          THEN known.expires_at ELSE excluded.expires_at END
      RETURNING tries::int AS count, expires_at AS "expiresAt"`;
    return counted.parse(rows)[0];
  };

  return {
    count: (attempt, limit) =>
      inTransaction(database, async (transaction) => {
        const { id, kind, loginId, account, sessionId, client, at: happenedAt } = attempt;
        const identifier = identifierOf(countedFor(attempt));
        const tries = await increment(transaction, { identifier, now: happenedAt, ...limit });
        const event = {
          id,
          accountId: account?.id ?? null,
          identifier: identifierOf(loginId),
          kind,
          sessionId,
          happenedAt,
        } as const;
        const outcome =
          tries.count > limit.most
            ? ({ outcome: 'LOCKED' } as const)
            : ({ outcome: 'FAILURE', reason: reasonToFail(account) } as const);
        await transaction.loginHistory.createMany({ data: historyRow({ ...event, ...outcome }, client) });
        return tries;
      }),

    succeed: (attempt, sessionId) =>
      inTransaction(database, (transaction) => succeed(transaction, attempt, sessionId), { isRepeatable: true }),

    async triesOf(loginId) {
      const row = await database.loginAttempt.findUnique({ where: { identifier: identifierOf(loginId) } });
      return row && { count: row.tries, expiresAt: row.expiresAt };
    },
  };
}

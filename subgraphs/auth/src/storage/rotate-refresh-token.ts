import { z } from 'zod';

import type { Sessions } from '../domain/ports.ts';
import { inTransaction, type AuthDatabase } from './auth-database.ts';
import type { LoginHistoryRows } from './login-history.ts';

const takenSession = z.array(z.object({ accountId: z.string(), isAutoLogin: z.boolean() })).max(1);

/**
 * Makes the exchange of a refresh token. Its parts wait in one order: the session, then its tokens. Run again after a commit
 * whose answer got lost it is not the first any more; then the answer sealed by the first run is given.
 */
export function createRotate(parts: {
  readonly database: AuthDatabase;
  readonly historyRow: LoginHistoryRows;
  readonly newId: () => string;
}): Sessions['rotate'] {
  return ({ spentHash, successorHash, sealedAnswer, sighting, client }) =>
    inTransaction(
      parts.database,
      async (transaction) => {
        const { sessionId, lastSeenAt: at, liveUntil } = sighting;
        const taken = await transaction.$queryRaw`
        SELECT account_id AS "accountId", is_auto_login AS "isAutoLogin" FROM session
        WHERE id = ${sessionId} AND ended_at IS NULL AND live_until > ${at}::timestamptz
        FOR NO KEY UPDATE`;
        const [session] = takenSession.parse(taken);
        if (session === undefined) return false;
        // The one statement that decides which of several exchanges is the first.
        const { count } = await transaction.refreshToken.updateMany({
          where: { tokenHash: spentHash, sessionId, spentAt: null },
          data: { spentAt: at, answerSealed: sealedAnswer },
        });
        if (count === 0) return false;
        await transaction.refreshToken.createMany({ data: { tokenHash: successorHash, sessionId, issuedAt: at } });
        await transaction.session.updateMany({ where: { id: sessionId }, data: { lastSeenAt: at, liveUntil } });
        if (session.isAutoLogin) {
          const event = { kind: 'AUTO_LOGIN', outcome: 'SUCCESS', sessionId, happenedAt: at } as const;
          const row = parts.historyRow({ id: parts.newId(), accountId: session.accountId, ...event }, client);
          await transaction.loginHistory.createMany({ data: row });
        }
        return true;
      },
      { isRepeatable: true },
    );
}

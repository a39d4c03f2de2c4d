import type { Client } from '../domain/account.ts';
import type { Sessions } from '../domain/ports.ts';
import type { SessionEnd } from '../domain/session.ts';
import { toAccount } from './account-store.ts';
import { inTransaction, type AuthDatabase, type AuthTransaction } from './auth-database.ts';
import { keepDevice } from './known-device-store.ts';
import type { LoginHistoryRows } from './login-history.ts';
import { createSucceed, type IdentifierOf } from './password-attempt-store.ts';
import { createRotate } from './rotate-refresh-token.ts';

interface Parts {
  readonly database: AuthDatabase;
  readonly identifierOf: IdentifierOf;
  readonly historyRow: LoginHistoryRows;
  readonly newId: () => string;
}

/** A login whose commit got lost on its way back is written again, by the same ids. */
const onlyNew = { skipDuplicates: true } as const;

const live = (now: Date) => ({ endedAt: null, liveUntil: { gt: now } });

/** Whoever opens or ends sessions of an account takes its row first, so that they wait for each other, never in a ring. */
const takeTurns = (transaction: AuthTransaction, accountId: string) =>
  transaction.$queryRaw`SELECT id FROM account WHERE id = ${accountId} FOR NO KEY UPDATE`;

function createEnd({ historyRow, newId }: Parts) {
  return async (
    transaction: AuthTransaction,
    ending: {
      readonly accountId: string;
      readonly only: readonly string[] | null;
      readonly reason: SessionEnd;
      readonly client: Client;
      readonly at: Date;
    },
  ): Promise<readonly string[]> => {
    const { accountId, only, reason, client, at } = ending;
    const ended = await transaction.session.updateManyAndReturn({
      where: { accountId, ...live(at), ...(only && { id: { in: [...only] } }) },
      data: { endedAt: at, endReason: reason },
      select: { id: true },
    });
    const event = { accountId, kind: 'LOGOUT', outcome: 'SUCCESS', reason, happenedAt: at } as const;
    const rows = ended.map(({ id }) => historyRow({ id: newId(), sessionId: id, ...event }, client));
    await transaction.loginHistory.createMany({ data: rows });
    return ended.map(({ id }) => id);
  };
}

const forgetDevicesOf = (transaction: AuthTransaction, sessionIds: readonly string[]) =>
  transaction.knownDevice.deleteMany({ where: { sessions: { some: { id: { in: [...sessionIds] } } } } });

/** Makes the sessions of the database, which is the truth about them. */
export function createSessionStore(parts: Parts): Sessions {
  const { database } = parts;
  const end = createEnd(parts);
  const succeed = createSucceed(parts.identifierOf);

  return {
    rotate: createRotate(parts),

    open: ({ session, device, attempt, refreshTokenHash, mostBeside, mostDevices }) =>
      inTransaction(
        database,
        async (transaction) => {
          const { accountId, createdAt: at } = session;
          // First, since it takes the account's row as `takeTurns` does.
          await transaction.account.updateMany({ where: { id: accountId }, data: { lastLoginAt: at } });
          await succeed(transaction, attempt, session.id);
          await keepDevice(transaction, device, mostDevices);
          const surplus = await transaction.session.findMany({
            where: { accountId, ...live(at), id: { not: session.id } },
            orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
            skip: mostBeside,
            select: { id: true },
          });
          if (surplus.length > 0) {
            const only = surplus.map(({ id }) => id);
            await end(transaction, { accountId, only, reason: 'EVICTED', client: attempt.client, at });
          }
          await transaction.session.createMany({ data: session, ...onlyNew });
          await transaction.refreshToken.createMany({
            data: { tokenHash: refreshTokenHash, sessionId: session.id, issuedAt: at },
            ...onlyNew,
          });
        },
        { isRepeatable: true },
      ),

    async find(sessionId) {
      const row = await database.session.findUnique({
        where: { id: sessionId },
        include: { account: { include: { lines: { select: { id: true }, orderBy: { id: 'asc' } } } } },
      });
      if (row === null) return null;
      const { account, ...session } = row;
      return { session, account: toAccount(account), lineIds: account.lines.map(({ id }) => id) };
    },

    listLive: (accountId, now) =>
      database.session.findMany({
        where: { accountId, ...live(now) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),

    async note({ sessionId, lastSeenAt, liveUntil }) {
      await database.session.updateMany({
        where: { id: sessionId, ...live(lastSeenAt), lastSeenAt: { lt: lastSeenAt } },
        data: { lastSeenAt, liveUntil },
      });
    },

    end: ({ only, ...ending }) =>
      inTransaction(database, async (transaction) => {
        const { accountId, reason } = ending;
        await takeTurns(transaction, accountId);
        const ended = await end(transaction, { ...ending, only: only === null ? null : [only] });
        if (only === null) await transaction.knownDevice.deleteMany({ where: { accountId } });
        else if (reason === 'REVOKED') await forgetDevicesOf(transaction, ended);
        return ended;
      }),

    async findByRefreshToken(tokenHash) {
      const row = await database.refreshToken.findUnique({
        where: { tokenHash },
        include: { session: { include: { account: true } } },
      });
      if (row === null) return null;
      const { session, spentAt, answerSealed } = row;
      const spent = spentAt && answerSealed !== null ? { at: spentAt, sealedAnswer: answerSealed } : null;
      return { session, account: toAccount(session.account), spent };
    },
  };
}

import { hkdfSync, randomBytes as systemRandomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { isReachable } from '@supergraph/database/client-options';
import { createPruner } from '@supergraph/database/retention';
import { createBlindIndex, createFieldCipher } from '@supergraph/platform/encryption';
import {
  createInternalTokenVerifier,
  readSigningKey,
  type SigningKey,
  type Viewer,
} from '@supergraph/platform/identity';
import { createLifecycle, createSubgraphServer, type ListenAddress } from '@supergraph/platform/server';
import { createLogger, describeError, type Logger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';

import type { AuthConfig } from './config.ts';
import { createAccessTokens } from './credentials/access-tokens.ts';
import { createBulkhead } from './credentials/bulkhead.ts';
import { createOpaqueTokens } from './credentials/opaque-tokens.ts';
import { createPasswords } from './credentials/passwords.ts';
import { createRefreshTokens } from './credentials/refresh-tokens.ts';
import { createStepUpTokens } from './credentials/step-up-tokens.ts';
import { createCheckPermission } from './domain/check-permission.ts';
import { createCheckSession } from './domain/check-session.ts';
import { createConfirmPassword } from './domain/confirm-password.ts';
import { createIssueTokens } from './domain/issue-tokens.ts';
import { createListPermissions } from './domain/list-permissions.ts';
import { createLockout } from './domain/lockout.ts';
import { createLogin } from './domain/login.ts';
import { createLogout } from './domain/logout.ts';
import type { Passwords } from './domain/ports.ts';
import { createRefreshSession } from './domain/refresh-session.ts';
import { createRevokeSession } from './domain/revoke-session.ts';
import type { AuthContext, AuthUseCases } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { addJwks } from './http/jwks.ts';
import { addSessionCheck } from './http/session-check.ts';
import { createAccessLog } from './storage/access-log.ts';
import { createAccountStore } from './storage/account-store.ts';
import { openAuthDatabase } from './storage/auth-database.ts';
import { createKnownDeviceStore } from './storage/known-device-store.ts';
import { createLoginHistoryRows } from './storage/login-history.ts';
import { createOwnRecords, rememberOwnRecords } from './storage/own-records.ts';
import { createPasswordAttemptStore } from './storage/password-attempt-store.ts';
import { authRetentions } from './storage/retention.ts';
import { createSessionStore } from './storage/session-store.ts';

const sdlFile = createRequire(import.meta.url).resolve('@supergraph/schema/subgraphs/auth.graphql');

/** The pepper also yields the key under which login attempts are counted, apart from what it does for passwords. */
const attemptKeyOf = (pepper: Buffer) => Buffer.from(hkdfSync('sha256', pepper, '', 'login attempt', 32));

async function readSigningKeys(pems: readonly string[]): Promise<readonly [SigningKey, ...SigningKey[]]> {
  const [first, ...others] = await Promise.all(pems.map(readSigningKey));
  if (first === undefined) throw new RangeError('there must be a key to sign access tokens with');
  return [first, ...others];
}

export interface AuthDependencies {
  readonly clock?: Clock;
  /** Of all instances: by it they tell how long ago another one took a refresh token. By default this machine's. */
  readonly sharedClock?: Clock;
  readonly newId?: () => string;
  readonly randomBytes?: (size: number) => Buffer;
  readonly log?: Logger;
  readonly passwords?: Passwords;
}

/** The auth subgraph, ready to listen. */
export interface Auth {
  readonly log: Logger;
  readonly listen: (address: ListenAddress) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Puts the auth subgraph together. */
export async function composeAuth(config: AuthConfig, dependencies: AuthDependencies = {}): Promise<Auth> {
  const {
    clock = systemClock,
    sharedClock = clock,
    newId = randomUUID,
    randomBytes = systemRandomBytes,
    log = createLogger({ service: 'auth', level: config.logLevel }),
    passwords = await createPasswords({ pepper: config.passwordPepper, randomBytes }),
  } = dependencies;
  const life = createLifecycle();
  const signingKeys = await readSigningKeys(config.signingKeyPems);
  const cipher = createFieldCipher(config.fieldKeys);

  const warn = (what: string) => (error: unknown) => {
    log.warn(describeError(error), what);
  };
  const onError = warn('a connection to the database was lost');
  const database = life.own(openAuthDatabase({ ...config.database, onError }), (opened) => opened.$disconnect());
  const pruner = life.own(
    createPruner({
      database,
      retentions: authRetentions,
      clock,
      onFailure: warn('what need not be kept any longer could not be deleted'),
    }),
    (worker) => worker.stop(),
  );
  const identifierOf = createBlindIndex(attemptKeyOf(config.passwordPepper));
  const historyRow = createLoginHistoryRows(cipher);
  const accounts = createAccountStore(database);
  const attempts = createPasswordAttemptStore({ database, identifierOf, historyRow });
  const sessions = createSessionStore({ database, identifierOf, historyRow, newId });
  const accessLog = createAccessLog({ database, cipher, newId });
  const own = rememberOwnRecords(createOwnRecords({ database, cipher }), clock);

  const accessTokens = createAccessTokens({ key: signingKeys[0], newId });
  const opaqueTokens = createOpaqueTokens({ randomBytes });
  const refreshTokens = createRefreshTokens(opaqueTokens);
  const stepUpTokens = createStepUpTokens({ key: await readSigningKey(config.stepUpKeyPem), newId });
  const bulkhead = createBulkhead({ ...config.passwordHashes, clock });
  const issueTokens = createIssueTokens({ accounts, accessTokens, refreshTokens });
  const lockout = createLockout({ attempts, clock });
  const passwordChecks = { accounts, sessions, lockout, passwords, bulkhead, clock, newId };
  const useCases: AuthUseCases = {
    login: createLogin({
      ...passwordChecks,
      devices: createKnownDeviceStore(database),
      deviceTokens: opaqueTokens,
      refreshTokens,
      issueTokens,
    }),
    confirmPassword: createConfirmPassword({ ...passwordChecks, attempts, stepUpTokens }),
    refreshSession: createRefreshSession({ sessions, refreshTokens, issueTokens, clock: sharedClock }),
    logout: createLogout({ sessions, clock }),
    revokeSession: createRevokeSession({ sessions, clock }),
    checkPermission: createCheckPermission({ accounts, accessLog, clock }),
    isLocked: lockout.isLocked,
  };

  const listPermissions = createListPermissions({ accounts, clock });
  const listSessions = (accountId: string) => sessions.listLive(accountId, clock.now());
  const loadersOf = (viewer: Viewer | null) => createLoaders(viewer, { own, listSessions, listPermissions });
  const verifyInternalToken = createInternalTokenVerifier({
    subgraph: 'auth',
    publicKey: config.internalTokenPublicKey,
    clock,
  });
  const server = life.own(
    createSubgraphServer({
      name: 'auth',
      portVariable: 'AUTH_PORT',
      sdl: readFileSync(sdlFile, 'utf8'),
      resolvers,
      verifyInternalToken,
      createContext: (request): AuthContext => ({
        ...request,
        ...useCases,
        caller: request.viewer,
        loadersOf,
        loaders: loadersOf(request.viewer),
      }),
      readiness: async () => ({
        database: await isReachable(() => database.$queryRaw`SELECT 1`, warn('the database cannot be reached')),
      }),
      certificateFiles: config.certificateFiles,
      drainDelayMs: config.drainDelayMs,
      log,
    }),
    (opened) => opened.close(),
  );
  addJwks(server.app, signingKeys);
  addSessionCheck(server.app, {
    checkSession: createCheckSession({ sessions, clock, unnoted: warn('the use of a session could not be noted') }),
    verifyInternalToken,
    log,
  });

  return {
    log,
    async listen(address) {
      const url = await server.listen(address);
      pruner.start();
      return url;
    },
    close: () => life.close(),
  };
}

import { createPublicKey, randomBytes, type JsonWebKey } from 'node:crypto';

import { createTestDatabase } from '@supergraph/database/testing';
import {
  createAccessTokenVerifier,
  createInternalTokenSigner,
  generateSigningKeyPem,
  internalTokenHeader,
  publicPemOf,
  readSigningKey,
  type Viewer,
} from '@supergraph/platform/identity';
import { createLifecycle, requestHeaders } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';
import pg from 'pg';
import { z } from 'zod';

import { composeAuth, type AuthDependencies } from '../compose.ts';
import { readAuthConfig, type AuthConfig } from '../config.ts';
import { createPasswords } from '../credentials/passwords.ts';
import type { Client } from '../domain/account.ts';
import type { Passwords } from '../domain/ports.ts';
import { createPeople } from './people.ts';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

const answerSchema = z.object({
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.looseObject({
          code: z.string(),
          retryAfterMs: z.number().optional(),
          field: z.string().optional(),
        }),
      }),
    )
    .default([]),
});
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });
const sessionStandingSchema = z.object({
  state: z.string(),
  userId: z.string().nullable(),
  lineIds: z.array(z.string()),
});

export type Answer = z.output<typeof answerSchema>;

export interface Asking {
  readonly viewer?: Viewer | null;
  readonly client?: Client;
  readonly language?: 'ko' | 'en';
}

export const aPhone: Client = { address: '203.0.113.7', userAgent: 'a phone' };

/** The auth subgraph over HTTP, on a database of its own, with a clock that the test moves. */
export type AuthGraph = Awaited<ReturnType<typeof anAuthGraph>>;

function counted(passwords: Passwords, count: () => void): Passwords {
  return {
    hash: (password) => {
      count();
      return passwords.hash(password);
    },
    check: (password, hash) => {
      count();
      return passwords.check(password, hash);
    },
  };
}

export async function anAuthGraph(now = '2026-11-21T03:00:00.000Z') {
  const life = createLifecycle();
  const clock = createManualClock(now);
  const made = life.own(await createTestDatabase('auth'), (each) => each.drop());
  const database = life.own(new pg.Pool({ connectionString: made.url, max: 2 }), (pool) => pool.end());
  // The server may cut a connection that is just closing when the database is dropped.
  database.on('error', () => undefined);
  const gatewayPem = generateSigningKeyPem();
  const stepUpPem = generateSigningKeyPem();
  const signInternalToken = createInternalTokenSigner({ key: await readSigningKey(gatewayPem), clock });
  const environment = {
    AUTH_DATABASE_URL: made.url,
    TOKEN_SIGNING_KEYS: base64(generateSigningKeyPem()),
    STEP_UP_PRIVATE_KEY: base64(stepUpPem),
    INTERNAL_TOKEN_PUBLIC_KEY: base64(publicPemOf(gatewayPem)),
    FIELD_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    LINE_ID_KEY: randomBytes(32).toString('base64'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  };
  const config = readAuthConfig(environment);
  const log: string[] = [];
  const realPasswords = await createPasswords({ pepper: config.passwordPepper, randomBytes });
  let hashCount = 0;

  const start = async (given: AuthConfig, clocks: Pick<AuthDependencies, 'clock' | 'sharedClock'> = { clock }) => {
    const service = await composeAuth(given, {
      ...clocks,
      log: createLogger({ service: 'auth', level: 'debug', destination: { write: (line) => void log.push(line) } }),
      passwords: counted(realPasswords, () => {
        hashCount += 1;
      }),
    });
    return { service, url: await service.listen({ host: '127.0.0.1', port: 0 }) };
  };
  let running = await start(config);
  life.own(null, () => running.service.close());

  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${running.url}${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>>) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  return {
    environment,
    config,
    clock,
    log,
    request,
    post,
    signInternalToken,
    people: await createPeople({ config, database, passwords: realPasswords, clock }),
    /** How often the service checked or hashed a password so far. */
    hashes: () => hashCount,

    async ask(query: string, variables: Readonly<Record<string, unknown>> = {}, asking: Asking = {}): Promise<Answer> {
      const { viewer = null, client = aPhone, language = 'ko' } = asking;
      const answer = await post(
        '/graphql',
        { query, variables },
        {
          'accept-language': language,
          [internalTokenHeader]: signInternalToken(viewer, 'auth'),
          ...(client.address !== null && { [requestHeaders.clientAddress]: client.address }),
          ...(client.userAgent !== null && { [requestHeaders.clientUserAgent]: client.userAgent }),
        },
      );
      return answerSchema.parse(await answer.json());
    },

    async checkSession(sessionId: string) {
      const headers = { [internalTokenHeader]: signInternalToken(null, 'auth') };
      return sessionStandingSchema.parse(await (await post('/internal/session-check', { sessionId }, headers)).json());
    },

    /** Whom an access token names, verified as the gateway does it: with the keys that the service publishes. */
    async viewerOf(accessToken: string): Promise<Viewer> {
      const { keys } = jwksSchema.parse(await (await request('/.well-known/jwks.json')).json());
      const findKey = (keyId: string) => {
        const jwk: JsonWebKey | undefined = keys.find(({ kid }) => kid === keyId);
        return jwk === undefined ? null : createPublicKey({ key: jwk, format: 'jwk' });
      };
      return await createAccessTokenVerifier({ clock, findKey })(accessToken);
    },

    async query(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const { rows } = await database.query<Record<string, unknown>>(sql, [...values]);
      return rows;
    },

    /** Stops the service and starts it anew on the same database. */
    async restart(change: Partial<AuthConfig> = {}, clocks?: Pick<AuthDependencies, 'clock' | 'sharedClock'>) {
      await running.service.close();
      running = await start({ ...config, ...change }, clocks);
    },

    close: () => life.close(),
  };
}

import type { Viewer } from '@supergraph/platform/identity';
import { z } from 'zod';

import type { Client } from '../domain/account.ts';
import type { Answer, AuthGraph } from './an-auth-graph.ts';

const tokensSchema = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: z.string(),
  refreshToken: z.string(),
  refreshTokenExpiresAt: z.string(),
});
export type Tokens = z.output<typeof tokensSchema>;

const loginSchema = z.object({
  login: z.object({ tokens: tokensSchema, deviceToken: z.string(), user: z.object({ id: z.string() }) }),
});
const refreshSchema = z.object({ refreshSession: z.object({ tokens: tokensSchema }) });

const tokenFields = 'tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }';
const loginOperation = `
  mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSucceeded { ${tokenFields} deviceToken user { id } } } }`;
const refreshOperation = `
  mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ... on SessionRefreshed { ${tokenFields} } } }`;

export interface Credentials {
  readonly loginId: string;
  readonly password: string;
}

export interface SigningIn {
  readonly autoLogin?: boolean;
  /** What the device kept of an earlier login. */
  readonly deviceToken?: string;
  readonly client?: Client;
  readonly language?: 'ko' | 'en';
}

/** Tries to sign in and gives back the whole answer. */
export const tryLogin = (
  graph: AuthGraph,
  { loginId, password }: Credentials,
  how: SigningIn = {},
): Promise<Answer> => {
  const { autoLogin = false, deviceToken = null, ...asking } = how;
  return graph.ask(loginOperation, { input: { loginId, password, autoLogin, deviceToken } }, asking);
};

/** Signs in, and fails the test when that does not work. */
export async function signIn(
  graph: AuthGraph,
  credentials: Credentials,
  how: SigningIn = {},
): Promise<{ readonly tokens: Tokens; readonly deviceToken: string; readonly viewer: Viewer }> {
  const answer = await tryLogin(graph, credentials, how);
  const { tokens, deviceToken } = loginSchema.parse(answer.data, { error: () => JSON.stringify(answer.errors) }).login;
  return { tokens, deviceToken, viewer: await graph.viewerOf(tokens.accessToken) };
}

export const tryRefresh = (graph: AuthGraph, refreshToken: string, client?: Client): Promise<Answer> =>
  graph.ask(refreshOperation, { input: { refreshToken } }, client && { client });

/** Renews a session, and fails the test when that does not work. */
export async function refresh(graph: AuthGraph, refreshToken: string, client?: Client): Promise<Tokens> {
  const answer = await tryRefresh(graph, refreshToken, client);
  return refreshSchema.parse(answer.data, { error: () => JSON.stringify(answer.errors) }).refreshSession.tokens;
}

/** The one error code of an answer; undefined when it was no refusal. */
export const codeOf = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;

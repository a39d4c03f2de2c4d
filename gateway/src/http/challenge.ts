import type { ErrorCode } from '@supergraph/platform/errors';

import type { Answer } from '../answer/present-answer.ts';

const challenge = 'Bearer realm="graphql"';
/** What is wrong with the token of an Authorization header; any other 401 is about a proof that was sent elsewhere, or none. */
const tokenFaults = new Set<ErrorCode>(['INVALID_TOKEN', 'TOKEN_EXPIRED', 'SESSION_REVOKED']);

/** What an answer of 401 says in its WWW-Authenticate header (RFC 9110, 6750). */
export const challengeOf = ({ body: { errors = [] } }: Answer): string =>
  errors.some(({ extensions }) => tokenFaults.has(extensions.code)) ? `${challenge}, error="invalid_token"` : challenge;

import { CodedError } from '@supergraph/platform/errors';

const loginIdPattern = /^[A-Za-z0-9_-]{3,20}$/;
/** SHA-256 in base64url. */
const challengePattern = /^[\w-]{43}$/;
/** With the u flag a character is a code point, whatever number of bytes it takes. */
const passwordPattern = /^.{1,128}$/su;

/** The login id in the one spelling that is stored and counted. Throws BAD_USER_INPUT. */
export function readLoginId(typed: string): string {
  if (!loginIdPattern.test(typed)) throw new CodedError('BAD_USER_INPUT', { field: 'loginId' });
  return typed.toLowerCase();
}

/** Any password that could ever have been set; what is allowed in a new one is not told here. Throws BAD_USER_INPUT. */
export function readPassword(typed: string): string {
  if (!passwordPattern.test(typed)) throw new CodedError('BAD_USER_INPUT', { field: 'password' });
  return typed;
}

/** What a step-up is asked for, as whoever asked for it wrote it. Throws BAD_USER_INPUT. */
export function readChallenge(given: string): string {
  if (!challengePattern.test(given)) throw new CodedError('BAD_USER_INPUT', { field: 'challenge' });
  return given;
}

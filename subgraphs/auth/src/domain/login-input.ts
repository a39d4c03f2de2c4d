import { CodedError } from '@supergraph/platform/errors';

const loginIdPattern = /^[A-Za-z0-9_-]{3,20}$/;
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

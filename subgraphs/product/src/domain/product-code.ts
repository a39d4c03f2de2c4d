import { CodedError } from '@supergraph/platform/errors';

/** A product code a client wishes for, in the form any code has. Throws BAD_USER_INPUT. */
export function readProductCode(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw new CodedError('BAD_USER_INPUT', { field: 'productOfferingId' });
  return text;
}

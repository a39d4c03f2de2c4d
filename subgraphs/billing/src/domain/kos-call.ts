import type { BillUnavailable } from './bill-inquiry.ts';

/**
 * One attempt to ask KOS on behalf of an inquiry (MP→KOS).
 * `FAILED` KOS said that it failed, `UNUSABLE` what came was no answer to the question, `NO_ANSWER` none came,
 * `NOT_ASKED` it was left alone: circuit open, line at rest, no slot or quota spent.
 */
export interface KosCall {
  readonly outcome: 'FOUND' | 'NOT_FOUND' | 'REFUSED' | 'FAILED' | 'UNUSABLE' | 'NO_ANSWER' | 'NOT_ASKED';
  readonly requestedAt: Date;
  readonly respondedAt: Date | null;
  readonly resultCode: string | null;
  /** What KOS said, in its own words. */
  readonly resultMessage: string | null;
  readonly circuit: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
}

/** Whether KOS came to hear of it. */
export const isAsked = ({ outcome }: KosCall): boolean => outcome !== 'NOT_ASKED';

/** A call as it is remembered, with the attempt of the inquiry that made it (1 for the first). */
export type RecordedKosCall = KosCall & { readonly attempt: number };

/** KOS gave no answer that can be used; what was tried, and what to tell whoever asked. */
export class KosDidNotAnswer extends Error {
  override readonly name = 'KosDidNotAnswer';
  readonly call: KosCall;
  readonly outcome: BillUnavailable;

  constructor(call: KosCall, outcome: BillUnavailable, options?: ErrorOptions) {
    super(`KOS gave no answer that can be used (${call.outcome})`, options);
    this.call = call;
    this.outcome = outcome;
  }
}

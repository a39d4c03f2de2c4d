import { CodedError } from '@supergraph/platform/errors';

import type { BillUnavailable } from './bill-inquiry.ts';

/** Whose a line is cannot be told: KOS does not say, and what it said last is too old. */
export class KosUnavailable extends CodedError {
  readonly outcome: BillUnavailable;
  /** Whether KOS was asked for this one in vain, and not left alone. */
  readonly isAsked: boolean;

  constructor(outcome: BillUnavailable, isAsked: boolean) {
    super(outcome.code, { retryAfterMs: outcome.retryAfterMs });
    this.name = 'KosUnavailable';
    this.outcome = outcome;
    this.isAsked = isAsked;
  }
}

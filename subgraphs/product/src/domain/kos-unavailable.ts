import { CodedError } from '@supergraph/platform/errors';

/** What a client is told when KOS cannot be asked. */
export interface Unavailability {
  readonly code: 'KOS_UNAVAILABLE' | 'KOS_BUSY';
  readonly retryAfterMs: number;
}

/** KOS did not answer in a way that can be used; nothing is known to have happened there. */
export class KosUnavailable extends CodedError {
  readonly unavailability: Unavailability;

  constructor(unavailability: Unavailability, options?: { readonly cause?: unknown }) {
    super(unavailability.code, { retryAfterMs: unavailability.retryAfterMs, cause: options?.cause });
    this.name = 'KosUnavailable';
    this.unavailability = unavailability;
  }
}

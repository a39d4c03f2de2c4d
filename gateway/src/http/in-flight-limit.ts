import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';

/** Lets so many works run at once and refuses the next at once, which is cheaper for everybody than a queue. */
export function createInFlightLimit(max: number) {
  let inFlight = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inFlight >= max) throw new CodedError('OVERLOADED', { retryAfterMs: SECOND_MS });
    inFlight += 1;
    try {
      return await work();
    } finally {
      inFlight -= 1;
    }
  };
}

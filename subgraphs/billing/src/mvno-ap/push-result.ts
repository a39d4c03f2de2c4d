import { MalformedAnswer, type JsonClient } from '@supergraph/platform/http';
import type { OutboxMessage } from '@supergraph/platform/outbox';
import {
  standardBreakerPolicy,
  UpstreamUnavailable,
  type Guard,
  type GuardPolicy,
} from '@supergraph/platform/resilience';
import { SECOND_MS } from '@supergraph/platform/time';

/** How many results are delivered side by side. */
export const resultsAtOnce = 8;

/** What the MVNO AP server may be asked to bear. */
export const apPolicy: GuardPolicy = {
  timeoutMs: 5 * SECOND_MS,
  bulkhead: { concurrent: resultsAtOnce, queue: resultsAtOnce, queueWaitMs: SECOND_MS },
  breaker: standardBreakerPolicy,
};

/** The MVNO AP server will not have this result; asking again will hardly help. */
export class ResultRefused extends Error {
  constructor(status: number) {
    super(`The MVNO AP server refuses the result with status ${status}`);
    this.name = 'ResultRefused';
  }
}

const accepted = 202;
/** Said by a server, or by what stands before it, that takes nothing at the moment. */
const awayStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Makes the delivery of results to the MVNO AP server, which knows a repeated one by its eventId. */
export function createPushResult(by: { readonly http: JsonClient; readonly guard: Guard }) {
  async function statusOf(payload: unknown, signal: AbortSignal): Promise<number> {
    try {
      return (await by.http.request({ method: 'POST', path: '/results/bills', body: payload, signal })).status;
    } catch (error) {
      // The status says whether it was taken; what else the server says is of no interest.
      if (error instanceof MalformedAnswer) return error.status;
      throw error;
    }
  }

  async function push({ payload }: OutboxMessage, giveUp: AbortSignal): Promise<number> {
    return await by.guard.call(async (timeUp) => {
      const status = await statusOf(payload, AbortSignal.any([giveUp, timeUp]));
      if (awayStatuses.has(status)) throw new ResultRefused(status);
      return status;
    });
  }

  return async (message: OutboxMessage, giveUp: AbortSignal): Promise<void> => {
    const status = await push(message, giveUp).catch(asOutage);
    if (status !== accepted) throw new ResultRefused(status);
  };
}

/** An outage is nobody's fault: it must not use up the attempts of a message, however long it lasts. */
function asOutage(error: unknown): never {
  if (!(error instanceof UpstreamUnavailable)) throw error;
  const { target, reason, retryAfterMs } = error;
  throw new UpstreamUnavailable(target, reason, { retryAfterMs, hasStarted: false, cause: error });
}

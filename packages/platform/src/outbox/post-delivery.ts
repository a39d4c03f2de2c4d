import { MalformedAnswer } from '../http/index.ts';
import type { JsonClient, JsonRequest } from '../http/index.ts';
import type { Guard } from '../resilience/index.ts';
import { DeliveryRefused, isAwayStatus } from './is-outage.ts';

export interface PostDeliveryOptions {
  readonly http: Pick<JsonClient, 'request'>;
  readonly guard: Guard;
  /** Names the destination in errors. */
  readonly target: string;
  readonly path: string;
  /** The status that is a receipt. */
  readonly receipt: number;
}

/**
 * Makes the delivery of JSON by POST: resolves on a receipt, whatever else the answer says, and rejects so that
 * `isOutage` can tell whose fault it was. An outage counts against the guard's circuit, a refusal does not.
 */
export function createPostDelivery({ http, guard, target, path, receipt }: PostDeliveryOptions) {
  async function statusOf(request: JsonRequest): Promise<number> {
    try {
      return (await http.request(request)).status;
    } catch (error) {
      if (error instanceof MalformedAnswer) return error.status;
      throw error;
    }
  }

  return async (body: unknown, giveUp: AbortSignal): Promise<void> => {
    const status = await guard.call(async (timeUp) => {
      const signal = AbortSignal.any([giveUp, timeUp]);
      const answered = await statusOf({ method: 'POST', path, body, signal });
      if (isAwayStatus(answered)) throw new DeliveryRefused(target, answered);
      return answered;
    });
    if (status !== receipt) throw new DeliveryRefused(target, status);
  };
}

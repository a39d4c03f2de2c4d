import { MalformedAnswer, type JsonClient, type JsonRequest } from '@supergraph/platform/http';
import type { OutboxMessage } from '@supergraph/platform/outbox';
import { UpstreamUnavailable, type Guard } from '@supergraph/platform/resilience';
import { z } from 'zod';

/** The MVNO AP server answered, and not with a receipt. */
class ResultRefused extends Error {
  override readonly name = 'ResultRefused';

  constructor(status: number) {
    super(`the MVNO AP server answered with status ${status}`);
  }
}

const RECEIVED = 202;
/** Statuses of a server that takes nothing from anybody now, rather than one that minds the message. */
const awayStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const result = z.looseObject({});

/**
 * Takes results of plan changes to the MVNO AP server, which goes by the event id when it hears one twice. While the server
 * is away a message loses none of its attempts, however long that lasts; only one that is refused does.
 */
export function createTellMvnoAp(deps: { readonly http: Pick<JsonClient, 'request'>; readonly guard: Guard }) {
  const { http, guard } = deps;

  /** The status is the whole receipt; what else is in the answer, readable or not, is not looked at. */
  async function statusOf(request: JsonRequest): Promise<number> {
    try {
      return (await http.request(request)).status;
    } catch (error) {
      if (error instanceof MalformedAnswer) return error.status;
      throw error;
    }
  }

  return async ({ id, payload }: OutboxMessage, giveUp: AbortSignal): Promise<void> => {
    const body = { eventId: id, ...result.parse(payload) };
    const work = async (timeUp: AbortSignal): Promise<number> => {
      const signal = AbortSignal.any([giveUp, timeUp]);
      const status = await statusOf({ method: 'POST', path: '/results/product-changes', body, signal });
      if (awayStatuses.has(status)) throw new ResultRefused(status);
      return status;
    };
    const status = await guard.call(work).catch(asOutage);
    if (status !== RECEIVED) throw new ResultRefused(status);
  };
}

/** The relay counts an attempt unless it is told that nothing was tried. */
function asOutage(error: unknown): never {
  if (!(error instanceof UpstreamUnavailable)) throw error;
  const { target, reason, retryAfterMs } = error;
  throw new UpstreamUnavailable(target, reason, { retryAfterMs, hasStarted: false, cause: error });
}

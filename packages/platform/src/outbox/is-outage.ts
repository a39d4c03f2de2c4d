import { CodedError, errorCatalogue } from '../errors/index.ts';
import { ConnectionFailed } from '../http/index.ts';
import { TimedOut, UpstreamUnavailable } from '../resilience/index.ts';

/** The destination answered, and not with a receipt. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
  readonly status: number;

  constructor(target: string, status: number) {
    super(`${target} answered a message with status ${status}`);
    this.status = status;
  }
}

/** Said by a server, or by what stands before it, that takes nothing from anybody at the moment. */
const awayStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether a status of HTTP is about the server rather than about what it was sent. */
export const isAwayStatus = (status: number): boolean => awayStatuses.has(status);

/**
 * Whether a delivery failed as it does when its destination is away. That uses up no attempt, however long it lasts,
 * unless others get through meanwhile; every other failure blames the message.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof DeliveryRefused) return isAwayStatus(error.status);
  if (error instanceof CodedError) return isAwayStatus(errorCatalogue[error.code].httpStatus);
  return error instanceof UpstreamUnavailable || error instanceof ConnectionFailed || error instanceof TimedOut;
}

/** Whether an outage may be the message's own doing: it may have reached the destination. */
export function mayBeItsOwnDoing(outage: unknown): boolean {
  if (outage instanceof ConnectionFailed) return outage.mayHaveReachedPeer;
  return !(outage instanceof UpstreamUnavailable) || (outage.hasStarted && mayBeItsOwnDoing(outage.cause));
}

/** Why no answer came: `open` the circuit is open, `busy` no slot, `quota` no call left, `timeout` too late, `failed` the work threw. */
export type UnavailableReason = 'open' | 'busy' | 'quota' | 'timeout' | 'failed';

interface UnavailableDetails {
  readonly retryAfterMs: number;
  readonly hasStarted: boolean;
  readonly cause?: unknown;
}

const sentences: Record<UnavailableReason, string> = {
  open: 'is being left alone after repeated failures',
  busy: 'has no free slot for another call',
  quota: 'has no call left in its quota',
  timeout: 'did not answer in time',
  failed: 'failed to answer',
};

/**
 * The one error a guard throws. `retryAfterMs` is the shortest wait that can help (0: none known); `hasStarted` false
 * means that the work never began, so a change certainly did not reach the dependency.
 */
export class UpstreamUnavailable extends Error {
  override readonly name = 'UpstreamUnavailable';
  readonly target: string;
  readonly reason: UnavailableReason;
  readonly retryAfterMs: number;
  readonly hasStarted: boolean;

  constructor(target: string, reason: UnavailableReason, { retryAfterMs, hasStarted, cause }: UnavailableDetails) {
    super(`${target} ${sentences[reason]}`, cause === undefined ? undefined : { cause });
    this.target = target;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.hasStarted = hasStarted;
  }
}

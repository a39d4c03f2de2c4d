import { scrubText } from '../privacy/index.ts';
import { callWithTimeout, UpstreamUnavailable } from '../resilience/index.ts';
import type { Clock } from '../time/index.ts';
import { backoffMs, standardBackoff } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import { isOutage, mayBeItsOwnDoing } from './is-outage.ts';
import type { OutboxMessage, OutboxStore } from './outbox-store.ts';
import { createPause } from './pause.ts';
import { createSuspects } from './suspects.ts';

/** The facts a relay tells; listeners must not throw. */
export interface RelayEvents {
  delivered(message: OutboxMessage): void;
  putOff(message: OutboxMessage, error: unknown, nextAttemptAt: Date): void;
  setAside(message: OutboxMessage, error: unknown): void;
  /** The store did not answer; its messages wait for the next round. */
  storeFailed(error: unknown): void;
}

export interface RelayOptions {
  readonly store: OutboxStore;
  /**
   * Takes a message to its destination, or throws. May see the same message again, so the receiver goes by its id.
   * What `isOutage` calls one costs no attempt, however long it lasts, unless others got through since the last try.
   */
  readonly deliver: (message: OutboxMessage, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  /** Between 0 and 1, for the jitter. */
  readonly random: () => number;
  readonly events: RelayEvents;
  /** How long an idle relay rests; `wake` cuts it short. */
  readonly pollMs: number;
  /** Messages, each of another key, that are delivered side by side. */
  readonly batchSize: number;
  readonly deliveryTimeoutMs?: number;
  readonly maxAttempts?: number;
  readonly backoff?: Backoff;
}

/** Carries messages from one store to one destination: at least once, in order within a key. */
export interface Relay {
  start(): void;
  /** Looks at once; to be called after the commit that wrote a message. */
  wake(): void;
  /** Resolves when nothing is due any more, or the destination is away; what was put off stays put off. */
  drain(): Promise<void>;
  /** For good; resolves when the deliveries under way are reported. */
  stop(): Promise<void>;
}

/** What became of one delivery: it got through, was held against the message, or found the destination away. */
type Fate = { readonly kind: 'delivered' | 'blamed' } | { readonly kind: 'away'; readonly until: Date };

/** Makes a relay; several over one store share the work. */
export function createRelay({
  store,
  deliver,
  clock,
  random,
  events,
  pollMs,
  batchSize,
  deliveryTimeoutMs = 10_000,
  maxAttempts = 5,
  backoff = standardBackoff,
}: RelayOptions): Relay {
  const pause = createPause({ clock, random });
  const suspects = createSuspects();
  let phase: 'idle' | 'started' | 'stopped' = 'idle';
  let isAsked = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const after = (waitMs: number): Date => new Date(clock.now().getTime() + waitMs);

  /**
   * Who may have caused the outage waits twice as long as who was turned away, so that another is the next to try,
   * even for a relay that does not know the suspect.
   */
  async function putOffUntilItIsBack(message: OutboxMessage, error: unknown): Promise<Fate> {
    const isSuspect = mayBeItsOwnDoing(error);
    if (isSuspect && suspects.unanswered(message.id)) return await blame(message, error);
    const leastMs = error instanceof UpstreamUnavailable ? error.retryAfterMs : 0;
    const waitMs = Math.max(pause.nextMs(), leastMs);
    const nextAttemptAt = after(isSuspect ? 2 * waitMs : waitMs);
    await store.failed(message.id, { attempts: message.attempts, nextAttemptAt });
    events.putOff(message, error, nextAttemptAt);
    return { kind: 'away', until: after(waitMs) };
  }

  async function blame(message: OutboxMessage, error: unknown): Promise<Fate> {
    const attempts = message.attempts + 1;
    if (attempts >= maxAttempts) {
      await store.setAside(message.id, clock.now(), scrubText(String(error)));
      events.setAside(message, error);
      return { kind: 'blamed' };
    }
    const nextAttemptAt = after(backoffMs(backoff, attempts, random));
    await store.failed(message.id, { attempts, nextAttemptAt });
    events.putOff(message, error, nextAttemptAt);
    return { kind: 'blamed' };
  }

  async function carry(message: OutboxMessage): Promise<Fate> {
    try {
      await callWithTimeout((signal) => deliver(message, signal), deliveryTimeoutMs);
    } catch (error) {
      return await (isOutage(error) ? putOffUntilItIsBack(message, error) : blame(message, error));
    }
    await store.delivered(message.id, clock.now());
    events.delivered(message);
    return { kind: 'delivered' };
  }

  /** A destination that judged nothing of a batch is away: what else is due stays where it is until it is back. */
  function heed(fates: readonly Fate[]): void {
    const ends = fates.flatMap((fate) => (fate.kind === 'away' ? [fate.until.getTime()] : []));
    if (ends.length < fates.length) pause.end();
    else if (ends.length > 0) pause.begin(new Date(Math.min(...ends)));
  }

  /** One batch to its end, suspects last; false when there is nothing more to do now. */
  async function carryBatch(): Promise<boolean> {
    if (pause.isOn()) return false;
    const [batch] = await heard([store.claim(batchSize, clock.now())]);
    if (batch === undefined || batch.length === 0) return false;
    const isSuspect = ({ id }: OutboxMessage) => suspects.has(id);
    const rounds = [batch.filter((message) => !isSuspect(message)), batch.filter(isSuspect)];
    const fates: Fate[] = [];
    for (const [nth, round] of rounds.entries()) {
      // what was claimed is carried, but nobody who wants to stop waits for two rounds
      if (nth > 0 && phase === 'stopped') return false;
      const ended = await heard(round.map(carry));
      suspects.endRound(ended.some(({ kind }) => kind === 'delivered'));
      fates.push(...ended);
    }
    heed(fates);
    return fates.length === batch.length;
  }

  /** The results of those that succeeded, once all have settled; what fails here is the store. */
  async function heard<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
    const results = await Promise.allSettled(tasks);
    return results.flatMap((result) => {
      if (result.status === 'fulfilled') return [result.value];
      events.storeFailed(result.reason);
      return [];
    });
  }

  /** Whoever asks while a run is under way gets one more round of it, so that runs never overlap. */
  async function runWhileAsked(): Promise<void> {
    while (isAsked) {
      isAsked = false;
      while (phase !== 'stopped' && (await carryBatch()));
    }
    running = undefined;
  }

  async function run(): Promise<void> {
    if (phase === 'stopped') return;
    isAsked = true;
    running ??= runWhileAsked();
    await running;
  }

  async function poll(): Promise<void> {
    await run();
    if (phase === 'started') timer = setTimeout(() => void poll(), pollMs);
  }

  return {
    start() {
      if (phase !== 'idle') return;
      phase = 'started';
      void poll();
    },
    wake() {
      if (phase === 'started') void run();
    },
    drain: run,
    async stop() {
      phase = 'stopped';
      clearTimeout(timer);
      await running;
    },
  };
}

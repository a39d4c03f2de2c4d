import type { Message } from './message.ts';

/** A queue that receives every message of its topics, and what is done with them. */
export interface Subscription {
  /** Instances that name the same queue share its messages. */
  readonly queue: string;
  /** Exact names or patterns: `*` stands for one word, `#` for any number of them. */
  readonly topics: readonly string[];
  /**
   * Keeps the message durably, once however often it comes. A rejection means "not now": it is asked again until it
   * resolves, and what follows in the queue waits.
   */
  readonly accept: (message: Message) => Promise<void>;
}

/**
 * Transport and nothing else: at least once, in the order of each key. Retries, set-aside and exactly-once are the
 * inbox's. `describeBrokerContract` holds what is promised here.
 */
export interface Broker {
  /**
   * Resolves once every queue subscribed to the topic durably has the message. Throws `UpstreamUnavailable` with
   * nothing started while the broker is out of reach; after any other rejection the message may or may not have got there.
   */
  publish(message: Message, signal: AbortSignal): Promise<void>;
  /** Begins to receive; never waits for a broker that is away. Publishing works without it. */
  start(): Promise<void>;
  /** For good: takes up no further message and waits for those being accepted. */
  close(): Promise<void>;
}

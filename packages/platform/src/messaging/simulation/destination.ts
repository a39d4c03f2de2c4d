import type { OutboxMessage } from '../../outbox/index.ts';
import { UpstreamUnavailable } from '../../resilience/index.ts';
import type { MemoryInboxStore } from '../../testing/index.ts';
import type { PlannedMessage } from './schedule.ts';

// Nobody reads where they come from, and making them each time takes long.
const noAnswer = new UpstreamUnavailable('It', 'failed', { retryAfterMs: 0, hasStarted: true });
const refusal = new Error('poison');

/** A message as it was written: its place in its key is its place in the list. */
export type WrittenMessage = OutboxMessage & PlannedMessage;

/** What lies behind a consumer's handler, and knows a message again by its id. */
export interface Destination {
  /** Takes the effect of a message, once. */
  take(message: OutboxMessage): void;
  /** The ids of the effects, in their order. */
  effects(): readonly string[];
  /** How often a message was brought here. */
  triesOf(id: string): number;
  /** What ought never to be seen, as sentences. */
  readonly wrongs: readonly string[];
}

/** Makes a destination that watches its visitors: their inbox, and what had been written before in their key. */
export function createDestination(
  consumer: 'tell' | 'notify',
  inbox: MemoryInboxStore,
  written: readonly WrittenMessage[],
): Destination {
  const effects: string[] = [];
  const tries = new Map<string, number>();
  const wrongs: string[] = [];

  return {
    take({ id, orderingKey }) {
      tries.set(id, (tries.get(id) ?? 0) + 1);
      if (!inbox.idsOf('pending').includes(id)) wrongs.push(`${id} came although it was finished`);
      const ofKey = written.filter((message) => message.orderingKey === orderingKey);
      const earlier = ofKey.slice(
        0,
        ofKey.findIndex((message) => message.id === id),
      );
      const finished = [...inbox.idsOf('delivered'), ...inbox.idsOf('set-aside')];
      const isEarly = earlier.some((message) => !finished.includes(message.id));
      if (isEarly) wrongs.push(`${id} came before its turn`);
      const own = written.find((message) => message.id === id);
      if (own?.poisonFor === consumer) throw own.poisonIs === 'refused' ? refusal : noAnswer;
      if (!effects.includes(id)) effects.push(id);
    },
    effects: () => effects,
    triesOf: (id) => tries.get(id) ?? 0,
    wrongs,
  };
}

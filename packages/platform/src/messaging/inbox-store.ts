import type { OutboxStore } from '../outbox/index.ts';
import type { Message } from './message.ts';

/** Where a consumer's messages wait for its handler; a relay over it does ordering, retries and set-aside. */
export interface InboxStore extends OutboxStore {
  /** Writes and commits the message; one whose id was seen before, whatever became of it, changes nothing. */
  accept(message: Message): Promise<void>;
}

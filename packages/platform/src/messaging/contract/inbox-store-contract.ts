import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InboxStore } from '../inbox-store.ts';
import type { Message } from '../message.ts';

/** Two consumers over one place of storage, both empty, whose clock stands at `now` or before it. */
export interface InboxStoresUnderTest {
  readonly inbox: InboxStore;
  readonly inboxOfAnother: InboxStore;
  readonly now: Date;
  close(): Promise<void>;
}

/** What an inbox promises beyond the outbox store contract, which it must pass as well. */
export function describeInboxStoreContract(name: string, create: () => Promise<InboxStoresUnderTest>) {
  describe(`inbox store contract: ${name}`, () => {
    let subject: InboxStoresUnderTest;
    beforeEach(async () => {
      subject = await create();
    });
    afterEach(async () => {
      await subject.close();
    });

    const aMessage = (orderingKey: string, changes: Partial<Message> = {}): Message => ({
      id: randomUUID(),
      topic: 'plan.changed',
      orderingKey,
      payload: { orderingKey },
      createdAt: subject.now,
      ...changes,
    });
    const claim = async (inbox = subject.inbox) => (await inbox.claim(100, subject.now)).map(({ id }) => id);

    it('keeps a message that comes many times, also at the same time, once', async () => {
      const message = aMessage('line-1');
      await Promise.all(Array.from({ length: 5 }, () => subject.inbox.accept(message)));
      await subject.inbox.accept({ ...message, payload: 'another one under the same id' });
      expect(await subject.inbox.claim(10, subject.now)).toEqual([{ ...message, attempts: 0 }]);
      await subject.inbox.delivered(message.id, subject.now);
      expect(await claim()).toEqual([]);
    });

    it('knows a message again that was delivered or set aside', async () => {
      const [told, poison] = [aMessage('line-1'), aMessage('line-2')];
      for (const message of [told, poison]) await subject.inbox.accept(message);
      await claim();
      await subject.inbox.delivered(told.id, subject.now);
      await subject.inbox.setAside(poison.id, subject.now, 'Error: refused');
      for (const message of [told, poison]) await subject.inbox.accept(message);
      expect(await claim()).toEqual([]);
    });

    it('does not give a message put off its next try before its time because it comes again', async () => {
      const message = aMessage('line-1');
      await subject.inbox.accept(message);
      await claim();
      const nextAttemptAt = new Date(subject.now.getTime() + 1_000);
      await subject.inbox.failed(message.id, { attempts: 2, nextAttemptAt });
      await subject.inbox.accept(message);
      expect(await claim()).toEqual([]);
      expect(await subject.inbox.claim(1, nextAttemptAt)).toMatchObject([{ id: message.id, attempts: 2 }]);
    });

    it('hands messages of a key out in the order in which they came, whenever they were made', async () => {
      const later = aMessage('line-1');
      const earlier = aMessage('line-1', { createdAt: new Date(subject.now.getTime() - 60_000) });
      for (const message of [later, earlier]) await subject.inbox.accept(message);
      expect(await claim()).toEqual([later.id]);
      await subject.inbox.delivered(later.id, subject.now);
      expect(await claim()).toEqual([earlier.id]);
    });

    it('lets each consumer go its own way with the same message', async () => {
      const [first, second] = [aMessage('line-1'), aMessage('line-1')];
      for (const inbox of [subject.inbox, subject.inboxOfAnother]) {
        for (const message of [first, second]) await inbox.accept(message);
      }
      expect(await claim()).toEqual([first.id]);
      await subject.inbox.setAside(first.id, subject.now, 'Error: refused');
      expect(await claim()).toEqual([second.id]);
      await subject.inbox.delivered(second.id, subject.now);

      expect(await claim(subject.inboxOfAnother)).toEqual([first.id]);
      await subject.inboxOfAnother.failed(first.id, { attempts: 1, nextAttemptAt: subject.now });
      expect(await subject.inboxOfAnother.claim(10, subject.now)).toMatchObject([{ id: first.id, attempts: 1 }]);
      await subject.inboxOfAnother.delivered(first.id, subject.now);
      expect(await claim(subject.inboxOfAnother)).toEqual([second.id]);
    });
  });
}

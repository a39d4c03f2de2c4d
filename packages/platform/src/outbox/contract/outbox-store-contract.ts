import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutboxMessage, OutboxStore } from '../outbox-store.ts';

/** A message as a service writes it. */
export type NewOutboxMessage = Omit<OutboxMessage, 'attempts'>;

/** An empty store, and what the suite must do around it. */
export interface OutboxStoreUnderTest {
  readonly store: OutboxStore;
  /** Writes and commits messages, in this order. */
  add(messages: readonly NewOutboxMessage[]): Promise<void>;
  /** After this many milliseconds a claim that nobody reported on has lapsed. */
  readonly claimMs: number;
  close(): Promise<void>;
}

const start = new Date('2026-07-01T00:00:00.000Z');
const later = (ms: number) => new Date(start.getTime() + ms);

function aMessage(orderingKey: string, changes: Partial<NewOutboxMessage> = {}): NewOutboxMessage {
  return {
    id: randomUUID(),
    topic: 'plan.changed',
    orderingKey,
    payload: { orderingKey },
    createdAt: start,
    ...changes,
  };
}

/** What a relay relies on; every store must fulfil it. `create` makes an empty one for each case. */
export function describeOutboxStoreContract(name: string, create: () => Promise<OutboxStoreUnderTest>) {
  describe(`outbox store contract: ${name}`, () => {
    let subject: OutboxStoreUnderTest;
    beforeEach(async () => {
      subject = await create();
    });
    afterEach(async () => {
      await subject.close();
    });

    /** The ids handed out by one claim. */
    const claim = async (now = start, limit = 100) =>
      (await subject.store.claim(limit, now)).map((message) => message.id);
    const add = async <Messages extends readonly NewOutboxMessage[]>(...messages: Messages): Promise<Messages> => {
      await subject.add(messages);
      return messages;
    };
    const idsOf = (messages: readonly NewOutboxMessage[]) => messages.map((message) => message.id);

    it('hands out what was written, unchanged, with no attempts yet', async () => {
      const payload = { 한글: '값', nested: [1, null, { deep: true }], text: "it's" };
      const [message] = await add(aMessage('line-1', { payload, topic: 'bill.inquired' }));
      expect(await subject.store.claim(10, start)).toEqual([{ ...message, attempts: 0 }]);
    });

    it('hands out the oldest first and no more than asked for', async () => {
      const ids = idsOf(await add(aMessage('a'), aMessage('b'), aMessage('c'), aMessage('d')));
      expect(await claim(start, 3)).toEqual(ids.slice(0, 3));
      expect(await claim(start, 3)).toEqual(ids.slice(3));
    });

    it('holds a message back while the one before it in its key is pending: due, claimed or put off', async () => {
      const [first, second] = await add(aMessage('line-1'), aMessage('line-1'));
      expect(await claim()).toEqual([first.id]);
      expect(await claim()).toEqual([]);
      await subject.store.failed(first.id, { attempts: 1, nextAttemptAt: later(1_000) });
      expect(await claim(later(999))).toEqual([]);
      expect(await claim(later(1_000))).toEqual([first.id]);
      await subject.store.delivered(first.id, later(1_001));
      expect(await claim(later(1_001))).toEqual([second.id]);
    });

    it('lets other keys pass one that waits', async () => {
      const [stuck, , free] = await add(aMessage('line-1'), aMessage('line-1'), aMessage('line-2'));
      await claim(start, 1);
      await subject.store.failed(stuck.id, { attempts: 1, nextAttemptAt: later(60_000) });
      expect(await claim()).toEqual([free.id]);
    });

    it('remembers the attempts of a message that failed', async () => {
      const [{ id }] = await add(aMessage('line-1'));
      await claim();
      await subject.store.failed(id, { attempts: 3, nextAttemptAt: later(10) });
      expect(await subject.store.claim(1, later(10))).toMatchObject([{ id, attempts: 3 }]);
    });

    it('never hands out again what was delivered or set aside, and lets the key go on', async () => {
      const [told, poison, next] = await add(aMessage('line-1'), aMessage('line-1'), aMessage('line-1'));
      await claim();
      await subject.store.delivered(told.id, start);
      await claim();
      await subject.store.setAside(poison.id, start, 'Error: the receiver refuses it');
      expect(await claim(later(10 * subject.claimMs))).toEqual([next.id]);
    });

    it('hands a claimed message out again only when the claim has lapsed, as after a crash', async () => {
      const [{ id }] = await add(aMessage('line-1'));
      await claim();
      expect(await claim(later(subject.claimMs - 1))).toEqual([]);
      expect(await claim(later(subject.claimMs))).toEqual([id]);
    });

    it('does not revive or re-judge a finished message on the report of somebody slow', async () => {
      const [told, poison] = await add(aMessage('line-1'), aMessage('line-2'));
      await claim();
      await subject.store.delivered(told.id, start);
      await subject.store.setAside(poison.id, start, 'Error: refused');
      await subject.store.failed(told.id, { attempts: 1, nextAttemptAt: start });
      await subject.store.failed(poison.id, { attempts: 1, nextAttemptAt: start });
      expect(await claim(later(10 * subject.claimMs))).toEqual([]);
    });

    it('hands each message to one of many who claim at the same time', async () => {
      const heads = Array.from({ length: 20 }, (_, line) => aMessage(`line-${line}`));
      const followers = Array.from({ length: 10 }, (_, line) => aMessage(`line-${line}`));
      await add(...heads, ...followers);
      const claims = await Promise.all(Array.from({ length: 10 }, async () => await claim(start, 4)));
      const handedOut = [...claims.flat(), ...(await claim())];
      expect([...handedOut].sort()).toEqual(idsOf(heads).sort());
    });
  });
}

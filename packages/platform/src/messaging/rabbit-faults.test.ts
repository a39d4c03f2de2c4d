import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type ConfirmChannel } from 'amqplib';
import { startTcpProxy, type TcpProxy } from '../../../../tests/faults/kit/tcp-proxy.ts';
import { startRabbitProcess, type RabbitProcess } from '../../../../tests/support/rabbit-process.ts';
import { createRelay, type OutboxMessage } from '../outbox/index.ts';
import { createMemoryOutboxStore } from '../testing/index.ts';
import { systemClock } from '../time/index.ts';
import { aGate, aMessage, anInbox, bring, messagesOf, until } from './contract/index.ts';
import { createRabbitBroker, type Message, type RabbitBrokerOptions } from './index.ts';

const PUBLISH_TIMEOUT_MS = 700;
const CLOSE_TIMEOUT_MS = 500;
const RECOVERY_MS = 35_000;
/** What a busy machine adds to a deadline. */
const LATE_MS = 3_000;
/** RabbitMQ 3.10 may forget a queue when it is killed within three seconds of making it. */
const NEW_QUEUE_MS = 4_000;

describe('A broker over a RabbitMQ that fails', () => {
  let rabbit: RabbitProcess;
  const owned: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    rabbit = await startRabbitProcess();
  });
  afterAll(async () => {
    await rabbit.remove();
  });
  afterEach(async () => {
    rabbit.thaw();
    for (const close of owned.splice(0).reverse()) await close();
  });

  /** An instance with one queue and what it told; those of one place share the queue. */
  function anInstance({
    place = `test.${randomUUID()}`,
    accept,
    ...changes
  }: Partial<RabbitBrokerOptions> & { place?: string; accept: (message: Message) => Promise<void> }) {
    const told: unknown[] = [];
    const tell = (event: string) => (fact: object) => void told.push({ event, ...fact });
    const broker = createRabbitBroker({
      url: rabbit.url,
      exchange: place,
      subscriptions: [{ queue: place, topics: ['#'], accept }],
      random: () => 0,
      events: {
        connected: tell('connected'),
        disconnected: tell('disconnected'),
        unreadable: tell('unreadable'),
        acceptFailed: tell('acceptFailed'),
      },
      publishTimeoutMs: PUBLISH_TIMEOUT_MS,
      connectTimeoutMs: 1_000,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      reconnect: { firstMs: 50, maxMs: 200 },
      acceptRetry: { firstMs: 20, maxMs: 100 },
      ...changes,
    });
    owned.push(() => broker.close());
    return {
      broker,
      told,
      place,
      publish: (message: Message) => broker.publish(message, AbortSignal.timeout(10_000)),
      hasTold: (fact: object) =>
        told.some((one) => Object.entries(fact).every(([k, v]) => Reflect.get(Object(one), k) === v)),
    };
  }

  async function aProxy(): Promise<TcpProxy & { readonly url: string }> {
    const proxy = await startTcpProxy({ port: rabbit.port });
    owned.push(() => proxy.close());
    return { ...proxy, url: `amqp://guest:guest@127.0.0.1:${proxy.port}` };
  }

  /** A relay with an outbox that is written to for as long as the test wants. */
  function aPublisher(publish: (message: Message) => Promise<void>) {
    const outbox = createMemoryOutboxStore();
    const confirmed = new Set<string>();
    const setAside: OutboxMessage[] = [];
    const relay = createRelay({
      store: outbox,
      deliver: publish,
      clock: systemClock,
      random: () => 1,
      events: {
        delivered: ({ id }) => void confirmed.add(id),
        putOff: () => undefined,
        setAside: (message) => void setAside.push(message),
        storeFailed: () => undefined,
      },
      pollMs: 50,
      batchSize: 20,
    });
    owned.push(() => relay.stop());
    relay.start();
    const write = (messages: readonly Message[]) => {
      outbox.add(messages);
      relay.wake();
    };
    return { write, confirmed, setAside };
  }

  const keys = Array.from({ length: 10 }, (_, line) => `line-${line}`);
  const inOrder = (messages: readonly Message[], inbox: ReturnType<typeof anInbox>) => {
    for (const key of keys) expect(inbox.ofKey(key)).toEqual(messages.filter(({ orderingKey }) => orderingKey === key));
  };

  it('loses nothing that was confirmed when it is killed, and goes on by itself when it is back', async () => {
    const inbox = anInbox();
    const { broker, publish } = anInstance(inbox);
    await broker.start();
    const { write, confirmed, setAside } = aPublisher(publish);
    const written: Message[] = [];
    const more = () => {
      const messages = messagesOf(keys, 5);
      written.push(...messages);
      write(messages);
    };
    const startedAt = performance.now();
    await until(() => {
      if (confirmed.size >= written.length - 20) more();
      return performance.now() - startedAt > NEW_QUEUE_MS;
    });
    more();
    await rabbit.kill();
    const confirmedThen = [...confirmed];
    more();
    await rabbit.start();
    await until(() => inbox.kept().length === written.length, RECOVERY_MS);
    expect(setAside).toEqual([]);
    expect(confirmedThen.filter((id) => !inbox.has(id))).toEqual([]);
    inOrder(written, inbox);
  });

  it('ends a publish at its deadline when it freezes, then asks no more of it until it thaws', async () => {
    const inbox = anInbox();
    const { broker, publish, hasTold } = anInstance(inbox);
    await broker.start();
    await bring(broker, aMessage());
    rabbit.freeze();
    const [unclear, startedAt] = [aMessage(), performance.now()];
    await expect(publish(unclear)).rejects.toMatchObject({ reason: 'timeout', hasStarted: true });
    expect(performance.now() - startedAt).toBeLessThan(PUBLISH_TIMEOUT_MS + LATE_MS);
    await until(() => hasTold({ event: 'disconnected', purpose: 'publish' }));
    await expect(publish(aMessage())).rejects.toMatchObject({ hasStarted: false });
    rabbit.thaw();
    const { write } = aPublisher(publish);
    write([unclear, aMessage()]);
    await until(() => inbox.kept().length === 3, RECOVERY_MS);
  });

  it('closes within its deadline while it is frozen', async () => {
    const { broker } = anInstance(anInbox());
    await broker.start();
    await bring(broker, aMessage());
    rabbit.freeze();
    const startedAt = performance.now();
    await broker.close();
    expect(performance.now() - startedAt).toBeLessThan(CLOSE_TIMEOUT_MS + LATE_MS);
    rabbit.thaw();
  });

  it('starts without it, says what it cannot do, and receives when it comes', async () => {
    const proxy = await aProxy();
    await proxy.down();
    const inbox = anInbox();
    const { broker, publish, hasTold } = anInstance({ ...inbox, url: proxy.url });
    await broker.start();
    await expect(publish(aMessage())).rejects.toMatchObject({ name: 'UpstreamUnavailable', hasStarted: false });
    await until(() => hasTold({ event: 'disconnected', purpose: 'consume' }));
    await proxy.up();
    const { write } = aPublisher(publish);
    write([aMessage()]);
    await until(() => inbox.kept().length === 1);
  });

  it('carries everything in order over connections that break again and again', async () => {
    const proxy = await aProxy();
    const inbox = anInbox();
    const { broker, publish, told } = anInstance({ ...inbox, url: proxy.url });
    await broker.start();
    const { write, setAside } = aPublisher(publish);
    const messages = messagesOf(keys, 40);
    write(messages);
    for (const kept of [40, 120, 200, 280]) {
      await until(() => inbox.kept().length >= kept);
      await proxy.down();
      await proxy.up();
    }
    await until(() => inbox.kept().length === messages.length, RECOVERY_MS);
    inOrder(messages, inbox);
    expect(setAside).toEqual([]);
    expect(told.filter((fact) => Reflect.get(Object(fact), 'event') === 'disconnected').length).toBeGreaterThan(3);
  });

  it('hands what an instance never acknowledged to another one, in order', async () => {
    const [inbox, begun, never] = [anInbox(), aGate(), aGate()];
    const first = anInstance({
      accept: async () => {
        begun.open();
        await never.opened;
      },
    });
    await first.broker.start();
    const messages = messagesOf(['line-1'], 20);
    for (const message of messages) await bring(first.broker, message);
    await begun.opened;
    const second = anInstance({ ...inbox, place: first.place });
    await second.broker.start();
    await first.broker.close();
    await until(() => inbox.kept().length === messages.length);
    expect(inbox.kept()).toEqual(messages);
  });

  it('waits with the whole queue for an inbox that is away, however often it fails', async () => {
    const inbox = anInbox();
    let isAway = true;
    const { broker, told, place } = anInstance({
      accept: async (message) => {
        if (isAway) throw new Error('database away');
        await inbox.accept(message);
      },
    });
    await broker.start();
    const messages = messagesOf(['line-1'], 5);
    for (const message of messages) await bring(broker, message);
    await until(() => told.filter((fact) => Reflect.get(Object(fact), 'event') === 'acceptFailed').length >= 8);
    isAway = false;
    await until(() => inbox.kept().length === messages.length);
    expect(inbox.kept()).toEqual(messages);
    expect(await deadIn(place)).toEqual([]);
  });

  it('puts what is no message into the dead queue, and goes on with the next', async () => {
    const inbox = anInbox();
    const { broker, place, hasTold } = anInstance(inbox);
    const [first, last] = [aMessage(), aMessage()];
    await bring(broker, first);
    const unreadable = ['not json', '{"id":""}', JSON.stringify({ ...aMessage(), createdAt: 'yesterday' })];
    await withChannel(async (channel) => {
      for (const text of unreadable) channel.sendToQueue(place, Buffer.from(text));
      channel.sendToQueue(place, Buffer.from([0xff]));
      await channel.waitForConfirms();
    });
    await bring(broker, last);
    await broker.start();
    await until(() => inbox.kept().length === 2);
    expect(inbox.kept()).toEqual([first, last]);
    expect(hasTold({ event: 'unreadable', queue: place })).toBe(true);
    expect(await deadIn(place, 4)).toEqual([...unreadable, '\ufffd']);
  });

  it('makes a queue anew that somebody deleted', async () => {
    const inbox = anInbox();
    const { broker, publish, place, hasTold } = anInstance(inbox);
    await broker.start();
    await bring(broker, aMessage());
    await withChannel((channel) => channel.deleteQueue(place));
    await until(() => hasTold({ event: 'disconnected', purpose: 'consume' }));
    const { write } = aPublisher(publish);
    write([aMessage()]);
    await until(() => inbox.kept().length === 2);
  });

  it('never tells the password', async () => {
    const url = new URL(rabbit.url);
    url.password = 'open-sesame';
    const { broker, publish, told, hasTold } = anInstance({ ...anInbox(), url: url.href });
    await broker.start();
    const error: unknown = await publish(aMessage()).catch((failure: unknown) => failure);
    await until(() => hasTold({ event: 'disconnected', purpose: 'consume' }));
    expect(inspect([error, told], { depth: 10 })).toMatch(/ACCESS.REFUSED/);
    expect(inspect([error, told], { depth: 10, showHidden: true })).not.toMatch(/open-sesame/);
    const broken = () => anInstance({ ...anInbox(), url: 'open-sesame@nowhere' });
    expect(broken).toThrow(/address of RabbitMQ/);
    expect(broken).not.toThrow(/open-sesame/);
  });

  async function withChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const connection = await connect(rabbit.url);
    try {
      return await work(await connection.createConfirmChannel());
    } finally {
      await connection.close();
    }
  }
  /** The texts in the dead queue of a place, once there are so many. */
  const deadIn = (place: string, expected = 0): Promise<readonly string[]> =>
    withChannel(async (channel) => {
      const texts: string[] = [];
      do {
        const dead = await channel.get(`${place}.dead`, { noAck: true });
        if (dead !== false) texts.push(dead.content.toString());
      } while (texts.length < expected);
      return texts;
    });
});

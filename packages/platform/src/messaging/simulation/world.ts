import { UpstreamUnavailable } from '../../resilience/index.ts';
import { createManualClock, createMemoryInboxStore, createMemoryOutboxStore } from '../../testing/index.ts';
import { createLocalBroker, createMessageFlow, type InboxStore, type Subscription } from '../index.ts';
import { createCircuitModel } from './circuit-model.ts';
import { createDestination, type WrittenMessage } from './destination.ts';
import { createQueueModel, type Contact } from './queue-model.ts';
import type { PlannedMessage, Schedule } from './schedule.ts';
import { createTurnstile } from './turnstile.ts';

// Nobody reads where they come from, and making them each time would be most of the work.
const crash = new Error('The process is dead');
const away = new UpstreamUnavailable('It', 'open', { retryAfterMs: 0, hasStarted: false });

const claimMs = 30_000;
const consumers = ['tell', 'notify'] as const;
const quiet = { delivered: ignore, putOff: ignore, setAside: ignore, storeFailed: ignore };
function ignore(): void {
  return undefined;
}

interface Process {
  isDead(): boolean;
  drain(): Promise<void>;
  receive(): Promise<void>;
}

export type World = ReturnType<typeof createWorld>;

/** Two processes of the real flow over stores that outlive them, in which everything happens as scheduled. */
export function createWorld(schedule: Schedule) {
  const clock = createManualClock('2026-07-01T00:00:00.000Z');
  let [contacts, picks, mishaps] = [0, 0, 0];
  const turnstile = createTurnstile((waiting) => (schedule.picks[picks++] ?? 0) % Math.max(waiting, 1));
  const written: WrittenMessage[] = [];
  const outbox = createMemoryOutboxStore({ claimMs });
  const queues = createQueueModel();
  const receivers = consumers.map((name) => {
    const inbox = createMemoryInboxStore({ claimMs });
    return { name, inbox, destination: createDestination(name, inbox, written) };
  });

  /** A process from its start to its death, after which it reaches nothing any more. */
  function aProcess(): Process {
    let isDead = false;
    const die = (): never => {
      isDead = true;
      throw crash;
    };
    const contact: Contact = async (effect, blame = (cause) => new Error('failed', { cause })) => {
      if (!isDead) await turnstile.turn();
      if (isDead) throw crash;
      const fault = schedule.faults[contacts++] ?? 'none';
      if (fault !== 'none') mishaps += 1;
      if (fault === 'dies before') return die();
      if (fault === 'refused') throw blame(fault);
      if (fault === 'away') throw away;
      const result = await effect();
      if (fault === 'dies after') return die();
      if (fault === 'answer lost') throw blame(fault);
      return result;
    };
    const reached = <Store extends typeof outbox | InboxStore>(store: Store) => ({
      claim: (limit: number, now: Date) => contact(() => store.claim(limit, now)),
      delivered: (id: string, at: Date) => contact(() => store.delivered(id, at)),
      failed: (id: string, attempt: Parameters<Store['failed']>[1]) => contact(() => store.failed(id, attempt)),
      setAside: (id: string, at: Date, reason: string) => contact(() => store.setAside(id, at, reason)),
    });
    let subscriptions: readonly Subscription[] = [];
    const flow = createMessageFlow({
      outbox: reached(outbox),
      outboxEvents: quiet,
      consumers: receivers.map(({ name, inbox, destination }) => {
        const guarded = createCircuitModel(clock);
        return {
          queue: name,
          topics: ['order.*'],
          inbox: { ...reached(inbox), accept: (message) => contact(() => inbox.accept(message)) },
          handle: (message) =>
            guarded(() =>
              contact(() => {
                destination.take(message);
              }),
            ),
          atOnce: 3,
          events: quiet,
        };
      }),
      openBroker: (subscribed) => {
        subscriptions = subscribed;
        return schedule.transport === 'local'
          ? createLocalBroker({ subscriptions })
          : queues.brokerFor(contact, subscriptions);
      },
      clock,
      random: () => 0.5,
    });
    return {
      isDead: () => isDead,
      drain: () => flow.drain(),
      receive: () => queues.deliverTo(contact, subscriptions),
    };
  }

  let processes: readonly Process[] = [aProcess(), aProcess()];

  /** So many processes do what there is to do; the first one holds the queues. */
  async function work(crew: number): Promise<void> {
    processes = processes.map((process) => (process.isDead() ? aProcess() : process)).reverse();
    const [receiving] = processes;
    await Promise.all([receiving?.receive(), ...processes.slice(0, crew).map((process) => process.drain())]);
  }

  async function write(messages: readonly PlannedMessage[]): Promise<void> {
    for (const message of messages) {
      await turnstile.turn();
      const id = `${message.key}/${written.length}`;
      const row = { id, topic: 'order.settled', orderingKey: message.key, payload: null, createdAt: clock.now() };
      written.push({ ...row, ...message, attempts: 0 });
      outbox.add([row]);
    }
  }

  return {
    written,
    outbox,
    receivers,
    isQuiet: () =>
      queues.isEmpty() &&
      [outbox, ...receivers.map(({ inbox }) => inbox)].every((store) => store.idsOf('pending').length === 0),
    /** How many contacts went wrong. */
    mishaps: () => mishaps,
    /** Two processes work while messages are written. */
    live: (messages: readonly PlannedMessage[]) => turnstile.turnUntil(Promise.all([write(messages), work(2)])),
    /** One of them goes on alone. */
    recover: (messages: readonly PlannedMessage[]) => turnstile.turnUntil(Promise.all([write(messages), work(1)])),
    pass: (ms: number) => {
      clock.advance(ms);
    },
  };
}

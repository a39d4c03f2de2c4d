import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { replayable } from '../../../../../tests/support/replayable.ts';
import { schedules, type PlannedMessage, type Schedule } from './schedule.ts';
import { createWorld, type World } from './world.ts';

/** Far beyond the longest wait of a relay. */
const longMs = 600_000;
/** Enough for a message that gets no answer to open the circuits of both processes. */
const quietRounds = 10;
/** Shows that a destination is there: without any, a message that gets no answer waits for ever. */
const company: PlannedMessage = { key: 'line-3', poisonFor: 'nobody', poisonIs: 'refused' };

/** The world after a schedule, when the faults have stopped and everybody had the time to finish. */
async function worldAfter(schedule: Schedule): Promise<World> {
  const world = createWorld(schedule);
  for (const { messages, pauseMs } of schedule.rounds) {
    await world.live(messages);
    world.pass(pauseMs);
  }
  for (let more = 0; more < 100 && !world.isQuiet(); more += 1) {
    await world.recover(more >= quietRounds && isAnyUnanswered(world) ? [company] : []);
    world.pass(longMs);
  }
  return world;
}

const isAnyUnanswered = ({ written, receivers }: World): boolean =>
  receivers.some(({ name, inbox }) => {
    const pending = inbox.idsOf('pending');
    return written.some(
      ({ id, poisonFor, poisonIs }) => poisonFor === name && poisonIs === 'unanswered' && pending.includes(id),
    );
  });

/** What breaks a promise, in words. */
function* violations({ written, outbox, receivers, isQuiet, mishaps }: World): Generator<string> {
  const ids = written.map(({ id }) => id);
  // O3
  if (!isQuiet()) yield 'something is left over for good';
  if (!isSame(outbox.idsOf('delivered'), ids)) yield 'not everything was published';
  for (const { name, inbox, destination } of receivers) {
    const [delivered, setAside, effects] = [inbox.idsOf('delivered'), inbox.idsOf('set-aside'), destination.effects()];
    // O1
    if (!isSame([...delivered, ...setAside].sort(), [...ids].sort())) yield `${name} did not receive each message once`;
    if (delivered.some((id) => !effects.includes(id))) yield `${name} has delivered what took no effect`;
    yield* destination.wrongs;
    // O2
    for (const { key } of written) {
      const ofKey = ids.filter((id) => id.startsWith(key) && effects.includes(id));
      if (
        !isSame(
          effects.filter((id) => id.startsWith(key)),
          ofKey,
        )
      )
        yield `${name} saw ${key} out of order`;
    }
    for (const { id, poisonFor, poisonIs } of written) {
      const tries = poisonFor === name ? destination.triesOf(id) : 0;
      if (poisonFor === name && !setAside.includes(id)) yield `${id} is poison for ${name} and was not set aside`;
      if (poisonIs === 'refused' && tries > 5 + mishaps()) yield `${id} was tried ${tries} times`;
      if (setAside.includes(id) && tries + mishaps() < 5) yield `${id} was set aside too early`;
    }
  }
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, index) => one === others[index]);

// A failure prints its seed and path: FC_SEED=… FC_PATH=… npm test -- delivery.property lives that one schedule again.
describe('Messages whose processes die at any contact, whose answers get lost, and whose destinations fail', () => {
  it('take effect once each and in the order of their key; poison is set aside after five tries and holds nobody up', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const found = [...violations(await worldAfter(schedule))];
        if (found.length > 0) throw new Error(found.join('\n'));
      }),
      replayable(20_000),
    );
  }, 240_000);
});

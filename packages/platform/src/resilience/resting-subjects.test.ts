import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '../testing/index.ts';
import { CutShort } from './call-with-timeout.ts';
import { createRestingSubjects, UpstreamUnavailable } from './index.ts';

const restMs = 15_000;

const fails = (hasStarted = true) =>
  Promise.reject(new UpstreamUnavailable('KOS', 'failed', { retryAfterMs: 0, hasStarted }));

/** Subjects that rest, and a dependency that counts its calls and answers when it is told to. */
const restingSubjects = ({ mostResting = 10, failuresToRest = 1 } = {}) => {
  const clock = createManualClock('2026-09-15T03:00:00Z');
  const subjects = createRestingSubjects({ target: 'KOS', clock, restMs, failuresToRest, atOnce: 3, mostResting });
  const answers: (() => void)[] = [];
  let calls = 0;
  const answering = () => {
    calls += 1;
    return new Promise<string>((resolve) => {
      answers.push(() => {
        resolve('answer');
      });
    });
  };
  const soon = async (subject: string) => {
    const asked = subjects.ask(subject, () => {
      calls += 1;
      return Promise.resolve('answer');
    });
    return await asked.catch((error: unknown) => error);
  };
  const answer = async () => {
    for (const each of answers.splice(0)) each();
    await new Promise(setImmediate);
  };
  return { clock, subjects, answering, answer, soon, calls: () => calls };
};

const refused = (retryAfterMs: number) => expect.objectContaining({ reason: 'open', hasStarted: false, retryAfterMs });

describe('A subject that the dependency failed at', () => {
  it('is left alone until it has rested, and tells how long that is; others are not', async () => {
    const { clock, subjects, soon, calls } = restingSubjects();
    await expect(subjects.ask('one', () => fails())).rejects.toMatchObject({ hasStarted: true, retryAfterMs: restMs });
    clock.advance(5_000);
    expect(await soon('one')).toEqual(refused(10_000));
    expect(await soon('other')).toBe('answer');
    expect(calls()).toBe(1);
    clock.advance(10_000);
    expect(await soon('one')).toBe('answer');
    expect(await soon('one')).toBe('answer');
  });

  it('does not rest after a call that was never made', async () => {
    const { subjects, soon } = restingSubjects();
    await expect(subjects.ask('one', () => fails(false))).rejects.toMatchObject({ hasStarted: false, retryAfterMs: 0 });
    expect(await soon('one')).toBe('answer');
  });

  it('does not rest after a call that its caller cut short', async () => {
    const { subjects, soon } = restingSubjects();
    const cut = { retryAfterMs: 0, hasStarted: true, cause: new CutShort(850) };
    const asked = subjects.ask('one', () => Promise.reject(new UpstreamUnavailable('KOS', 'timeout', cut)));
    await expect(asked).rejects.toMatchObject({ reason: 'timeout', retryAfterMs: 0 });
    expect(await soon('one')).toBe('answer');
  });

  it('does not rest longer because the clock was set back', async () => {
    const { clock, subjects, soon } = restingSubjects();
    await subjects.ask('one', () => fails()).catch(() => undefined);
    clock.advance(-3_600_000);
    expect(await soon('one')).toBe('answer');
  });

  it('has its rest ended by an answer that was under way', async () => {
    const { subjects, answering, answer, soon } = restingSubjects();
    const first = subjects.ask('one', answering);
    const late = subjects.ask('one', answering);
    const failed = subjects.ask('one', () => fails()).catch(() => 'failed');
    await answer();
    expect([await first, await failed]).toEqual(['answer', 'failed']);
    expect(await soon('one')).toEqual(refused(restMs));
    await answer();
    expect(await late).toBe('answer');
    expect(await soon('one')).toBe('answer');
  });

  it('is left alone after so many failures in a row as are allowed, and then after each', async () => {
    const { clock, subjects, soon } = restingSubjects({ failuresToRest: 2 });
    const failing = async () => await subjects.ask('one', () => fails()).catch((error: unknown) => error);
    expect(await failing()).toMatchObject({ hasStarted: true, retryAfterMs: 0 });
    expect(await failing()).toMatchObject({ hasStarted: true, retryAfterMs: restMs });
    expect(await soon('one')).toEqual(refused(restMs));
    clock.advance(restMs);
    expect(await failing()).toMatchObject({ hasStarted: true, retryAfterMs: restMs });
    clock.advance(restMs);
    expect(await soon('one')).toBe('answer');
    expect(await failing()).toMatchObject({ retryAfterMs: 0 });
  });

  it('is forgotten before its time when too many rest', async () => {
    const { subjects, soon } = restingSubjects({ mostResting: 1 });
    for (const subject of ['one', 'other']) await subjects.ask(subject, () => fails()).catch(() => undefined);
    expect(await soon('one')).toBe('answer');
    expect(await soon('other')).toEqual(refused(restMs));
  });
});

describe('Calls about one subject at the same time', () => {
  it('wait for the first, and then are three together', async () => {
    const { subjects, answering, answer, calls } = restingSubjects();
    const all = Promise.all(Array.from({ length: 7 }, () => subjects.ask('one', answering)));
    const begun = [];
    for (let round = 1; round <= 3; round += 1) {
      begun.push(calls());
      await answer();
    }
    expect(begun).toEqual([1, 4, 7]);
    expect(await all).toHaveLength(7);
  });

  it('are one failure together', async () => {
    const { subjects } = restingSubjects();
    let calls = 0;
    const failing = () => {
      calls += 1;
      return fails();
    };
    const all = await Promise.allSettled(Array.from({ length: 7 }, () => subjects.ask('one', failing)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
  });
});

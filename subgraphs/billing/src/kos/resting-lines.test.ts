import { describe, expect, it } from '@jest/globals';
import { UpstreamUnavailable } from '@supergraph/platform/resilience';
import { createManualClock } from '@supergraph/platform/testing';

import { createRestingLines } from './resting-lines.ts';

const restMs = 15_000;

const fails = (hasStarted = true) =>
  Promise.reject(new UpstreamUnavailable('kos-bill', 'failed', { retryAfterMs: 0, hasStarted }));

/** Lines that rest, and a KOS that counts its calls and answers when it is told to. */
const restingLines = ({ mostResting = 10 } = {}) => {
  const clock = createManualClock('2026-09-15T03:00:00Z');
  const lines = createRestingLines({ clock, restMs, atOnce: 3, mostResting });
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
  const soon = async (lineId: string) => {
    const asked = lines.ask(lineId, () => {
      calls += 1;
      return Promise.resolve('answer');
    });
    return await asked.catch((error: unknown) => error);
  };
  const answer = async () => {
    for (const each of answers.splice(0)) each();
    await new Promise(setImmediate);
  };
  return { clock, lines, answering, answer, soon, calls: () => calls };
};

const refused = (retryAfterMs: number) => expect.objectContaining({ reason: 'open', hasStarted: false, retryAfterMs });

describe('A line that KOS failed at', () => {
  it('is left alone until it has rested, and tells how long that is; others are not', async () => {
    const { clock, lines, soon, calls } = restingLines();
    await expect(lines.ask('ln_1', () => fails())).rejects.toMatchObject({ hasStarted: true, retryAfterMs: restMs });
    clock.advance(5_000);
    expect(await soon('ln_1')).toEqual(refused(10_000));
    expect(await soon('ln_2')).toBe('answer');
    expect(calls()).toBe(1);
    clock.advance(10_000);
    expect(await soon('ln_1')).toBe('answer');
    expect(await soon('ln_1')).toBe('answer');
  });

  it('does not rest after a call that was never made', async () => {
    const { lines, soon } = restingLines();
    await expect(lines.ask('ln_1', () => fails(false))).rejects.toMatchObject({ hasStarted: false, retryAfterMs: 0 });
    expect(await soon('ln_1')).toBe('answer');
  });

  it('has its rest ended by an answer that was under way', async () => {
    const { lines, answering, answer, soon } = restingLines();
    const first = lines.ask('ln_1', answering);
    const late = lines.ask('ln_1', answering);
    const failed = lines.ask('ln_1', () => fails()).catch(() => 'failed');
    await answer();
    expect([await first, await failed]).toEqual(['answer', 'failed']);
    expect(await soon('ln_1')).toEqual(refused(restMs));
    await answer();
    expect(await late).toBe('answer');
    expect(await soon('ln_1')).toBe('answer');
  });

  it('is forgotten before its time when too many rest', async () => {
    const { lines, soon } = restingLines({ mostResting: 1 });
    for (const lineId of ['ln_1', 'ln_2']) await lines.ask(lineId, () => fails()).catch(() => undefined);
    expect(await soon('ln_1')).toBe('answer');
    expect(await soon('ln_2')).toEqual(refused(restMs));
  });
});

describe('Calls about one line at the same time', () => {
  it('wait for the first, and then are three together', async () => {
    const { lines, answering, answer, calls } = restingLines();
    const all = Promise.all(Array.from({ length: 7 }, () => lines.ask('ln_1', answering)));
    const begun = [];
    for (let round = 1; round <= 3; round += 1) {
      begun.push(calls());
      await answer();
    }
    expect(begun).toEqual([1, 4, 7]);
    expect(await all).toHaveLength(7);
  });

  it('are one failure together', async () => {
    const { lines } = restingLines();
    let calls = 0;
    const failing = () => {
      calls += 1;
      return fails();
    };
    const all = await Promise.allSettled(Array.from({ length: 7 }, () => lines.ask('ln_1', failing)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { SECOND_MS } from '@supergraph/platform/time';
import { createManualClock } from '@supergraph/platform/testing';

import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { createSessionGate, type SessionStanding } from './session-gate.ts';

const request = { isMutation: false };
const active: SessionStanding = { state: 'ACTIVE', lineIds: ['ln_1'] };

function aGate(answer: () => SessionStanding | Promise<SessionStanding>) {
  const clock = createManualClock('2026-11-21T03:00:00.000Z');
  let questions = 0;
  const gate = createSessionGate({
    ask: async () => {
      questions += 1;
      return await answer();
    },
    clock,
    failed: () => undefined,
  });
  return { clock, gate, questions: () => questions };
}

describe('The session gate', () => {
  it('tells the lines of whoever passes, also those it remembers while auth cannot be asked', async () => {
    let isUp = true;
    const { clock, gate } = aGate(() => (isUp ? active : Promise.reject(new Error('away'))));
    const viewer = aViewer();
    expect(await gate(viewer, request)).toEqual({ lineIds: ['ln_1'] });
    isUp = false;
    clock.advance(6 * SECOND_MS);
    expect(await gate(viewer, request)).toEqual({ lineIds: ['ln_1'] });
  });

  it('counts four seconds from the question, however long the answer takes', async () => {
    let standing = active;
    const { clock, gate } = aGate(() => {
      const told = standing;
      standing = { state: 'ENDED', lineIds: [] };
      clock.advance(3 * SECOND_MS);
      return told;
    });
    const viewer = aViewer();
    await gate(viewer, request);
    clock.advance(SECOND_MS);
    await expect(gate(viewer, request)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('does not rely on what it heard in a future that a clock set back has taken away', async () => {
    let state: SessionStanding['state'] = 'ACTIVE';
    const { clock, gate, questions } = aGate(() => ({ state, lineIds: [] }));
    const viewer = aViewer();
    await gate(viewer, request);
    state = 'ENDED';
    clock.advance(-3_600 * SECOND_MS);
    await expect(gate(viewer, request)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    expect(questions()).toBe(2);
  });
});

import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createManualClock } from '@supergraph/platform/testing';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { createMemoryAuditStore, type MemoryAuditStore } from '../testing/memory-audit-store.ts';
import type { AuditRecord } from './audit-record.ts';
import { createAuditTrail, mostHeld, type AuditTrail } from './audit-trail.ts';
import { createChain } from './chain.ts';
import { createChainWriter } from './chain-writer.ts';
import { mostKindsOfStrangers, mostOfTheirOwn, openRefusalBook } from './refusal-book.ts';

const clock = createManualClock('2026-11-21T03:00:00Z');
const chain = createChain({ activeKeyId: 'a1', keys: { a1: randomBytes(32) } });

const aRecord = (requestId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  requestId,
  stage: 'ENDED',
  at: clock.now(),
  actorUserId: null,
  actorRole: null,
  actorSessionId: null,
  sealedAddress: 'sealed',
  clientName: null,
  operationName: null,
  operationKind: null,
  documentHash: null,
  acts: [],
  subjects: [],
  outcome: 'OK',
  rowsSeen: 0,
  times: 1,
  ...more,
});

let store: MemoryAuditStore;
let trail: AuditTrail;
let told: string[];
beforeEach(() => {
  jest.useFakeTimers();
  store = createMemoryAuditStore();
  told = [];
  const tell = (what: string) => (detail: unknown) =>
    void told.push(typeof detail === 'number' ? `${what} ${detail}` : what);
  trail = createAuditTrail({
    writer: createChainWriter({ store, chain }),
    clock,
    events: { away: tell('away'), back: tell('back'), anchor: tell('anchor'), lost: tell('lost') },
  });
});
afterEach(() => {
  jest.useRealTimers();
});

const idsWritten = (): string[] => store.records().map(({ requestId }) => requestId);
/** Whether it is settled by now, without any time going by. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void work.then(
    () => (settled = true),
    () => (settled = true),
  );
  await jest.advanceTimersByTimeAsync(0);
  return settled;
}

describe('The trail', () => {
  it('says that a record is written when it is, and writes together what came meanwhile', async () => {
    const batches: number[] = [];
    let open: () => void = () => undefined;
    store.onAppend = () =>
      new Promise((resolve) => {
        open = () => {
          resolve('done');
        };
      });
    const first = trail.note(aRecord('r0'));
    const rest = Array.from({ length: 600 }, (_, n) => trail.note(aRecord(`r${n + 1}`)));
    expect(await isSettled(first)).toBe(false);
    for (let written = 0; written < 601;) {
      open();
      await jest.advanceTimersByTimeAsync(0);
      batches.push(store.links.length - written);
      written = store.links.length;
    }
    await Promise.all([first, ...rest]);
    expect(batches).toEqual([1, 500, 100]);
    expect(idsWritten()).toEqual(Array.from({ length: 601 }, (_, n) => `r${n}`));
  });

  it('lets reads go on for thirty seconds without a database, refuses changes, and then writes all in order, once', async () => {
    await trail.insist(aRecord('before'));
    store.isAway = true;
    const ids: string[] = [];
    for (let second = 0; second < 30; second += 1) {
      ids.push(`r${second}`);
      await trail.note(aRecord(`r${second}`));
      await expect(trail.insist(aRecord(`change ${second}`))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      await jest.advanceTimersByTimeAsync(SECOND_MS);
    }
    expect(idsWritten()).toEqual(['before']);
    store.isAway = false;
    await jest.advanceTimersByTimeAsync(SECOND_MS);
    expect(idsWritten()).toEqual(['before', ...ids]);
    expect(told).toEqual(['anchor', 'away', 'back 0']);
    await trail.insist(aRecord('after'));
    expect(idsWritten().at(-1)).toBe('after');
  });

  it('writes a record once whose answer was lost, also when the change it was for has been refused', async () => {
    const fates = ['answer lost', 'answer lost', 'not done'] as const;
    let turn = 0;
    store.onAppend = () => fates[turn++] ?? 'done';
    await expect(trail.insist(aRecord('change'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await trail.note(aRecord('refused'));
    await jest.advanceTimersByTimeAsync(10 * SECOND_MS);
    expect(idsWritten()).toEqual(['change', 'refused']);
  });

  it('takes a change again as soon as it is asked for one after a refused one, with nothing else to write', async () => {
    store.isAway = true;
    await expect(trail.insist(aRecord('one'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    store.isAway = false;
    await jest.advanceTimersByTimeAsync(SECOND_MS);
    await trail.insist(aRecord('two'));
    expect(idsWritten()).toEqual(['two']);
  });

  it('keeps nobody waiting for a slow database longer than half a second, but changes', async () => {
    let open: () => void = () => undefined;
    store.onAppend = () =>
      new Promise((resolve) => {
        open = () => {
          resolve('done');
        };
      });
    const [note, change] = [trail.note(aRecord('note')), trail.insist(aRecord('change'))];
    expect(await isSettled(note)).toBe(false);
    await jest.advanceTimersByTimeAsync(SECOND_MS / 2);
    expect(await isSettled(note)).toBe(true);
    expect(await isSettled(trail.note(aRecord('another')))).toBe(true);
    const late = trail.insist(aRecord('late'));
    expect(await isSettled(change)).toBe(false);
    open();
    await jest.advanceTimersByTimeAsync(0);
    open();
    await Promise.all([change, late]);
    expect(idsWritten()).toEqual(['note', 'change', 'another', 'late']);
  });

  it('has room for ten thousand records in memory and says so', async () => {
    store.isAway = true;
    await trail.note(aRecord('first'));
    for (let n = 1; n < mostHeld; n += 1) void trail.note(aRecord(`r${n}`));
    expect(trail.hasRoom()).toBe(false);
    store.isAway = false;
    await jest.advanceTimersByTimeAsync(SECOND_MS);
    expect(store.links).toHaveLength(mostHeld);
    expect(trail.hasRoom()).toBe(true);
  });

  it('writes what waits when it is closed, and tells how much it could not', async () => {
    store.isAway = true;
    await trail.note(aRecord('r1'));
    store.isAway = false;
    await trail.close();
    expect(idsWritten()).toEqual(['r1']);

    store.isAway = true;
    await trail.note(aRecord('r2'));
    await trail.close();
    expect(told).toContain('lost 1');
  });

  it('tells where it ends every ten minutes', async () => {
    await trail.note(aRecord('r1'));
    clock.advance(9 * MINUTE_MS);
    await trail.note(aRecord('r2'));
    expect(told).toEqual(['anchor']);
    clock.advance(MINUTE_MS);
    await trail.note(aRecord('r3'));
    expect(told).toEqual(['anchor', 'anchor']);
  });
});

describe('A flood of refusals', () => {
  it('has a record each at first, then one for the rest of the minute, and none is left out', async () => {
    const book = openRefusalBook(trail);
    const client = { address: '192.0.2.1' };
    for (let n = 0; n < 1_000; n += 1) {
      const act = n % 2 === 0 ? 'bill.read' : 'plan.read';
      await book.enter(aRecord(`r${n}`, { outcome: 'RATE_LIMITED', acts: [act], subjects: [`ln_${n}`] }), client);
    }
    await book.enter(aRecord('other', { outcome: 'UNAUTHENTICATED' }), client);
    await book.enter(aRecord('somebody', { outcome: 'RATE_LIMITED', actorUserId: 'usr_1' }), client);
    expect(store.links).toHaveLength(mostOfTheirOwn + 2);
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    const last = store.records().at(-1);
    expect(last).toMatchObject({ outcome: 'RATE_LIMITED', acts: ['bill.read', 'plan.read'], times: 980 });
    expect(last?.subjects).toHaveLength(100);
    expect(store.records().reduce((sum, { times }) => sum + times, 0)).toBe(1_002);
    await book.close();
  });

  it('is one flood from however many addresses of one IPv6 network', async () => {
    const book = openRefusalBook(trail);
    for (let n = 0; n < 1_000; n += 1) {
      await book.enter(aRecord(`r${n}`, { outcome: 'RATE_LIMITED' }), { address: `2001:db8::${n.toString(16)}` });
    }
    expect(store.links).toHaveLength(mostOfTheirOwn);
    await book.close();
  });

  it('from ever other networks is counted by code alone, and hides nobody who is signed in', async () => {
    const book = openRefusalBook(trail);
    const flood = async (outcome: string) => {
      for (let n = 0; n < 5_000; n += 1) {
        await book.enter(aRecord(`r${n}`, { outcome }), { address: `2001:db8:${n.toString(16)}::1` });
      }
    };
    await flood('UNAUTHENTICATED');
    await flood('INVALID_TOKEN');
    for (let n = 0; n < 100; n += 1) {
      await book.enter(aRecord(`kim ${n}`, { outcome: 'FORBIDDEN', actorUserId: `usr_${n}` }), { address: '::' });
    }
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    const records = store.records();
    expect(records.filter(({ outcome }) => outcome === 'FORBIDDEN')).toHaveLength(100);
    for (const code of ['UNAUTHENTICATED', 'INVALID_TOKEN']) {
      const ofCode = records.filter(({ outcome }) => outcome === code);
      expect(ofCode.length).toBeLessThanOrEqual(mostKindsOfStrangers + mostOfTheirOwn + 1);
      expect(ofCode.reduce((sum, { times }) => sum + times, 0)).toBe(5_000);
    }
    await book.close();
  });

  it('takes no room in memory while the database is away', async () => {
    const book = openRefusalBook(trail);
    store.isAway = true;
    await trail.note(aRecord('first'));
    for (let n = 1; n < mostHeld; n += 1) void trail.note(aRecord(`r${n}`));
    await book.enter(aRecord('refused', { outcome: 'AUDIT_UNAVAILABLE' }), { address: '192.0.2.1' });
    store.isAway = false;
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    expect(idsWritten().at(-1)).toBe('refused');
    expect(store.links).toHaveLength(mostHeld + 1);
    await book.close();
  });
});

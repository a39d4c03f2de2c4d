import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createMemoryAuditStore } from '../testing/memory-audit-store.ts';
import type { AuditRecord } from './audit-record.ts';
import { beginning, createChain, type ChainLink } from './chain.ts';
import { createChainWriter } from './chain-writer.ts';
import { verifyChain } from './verify-chain.ts';

const ring = { activeKeyId: 'a1', keys: { a1: randomBytes(32) } };
const chain = createChain(ring);

const aRecord = (requestId: string): AuditRecord => ({
  requestId,
  stage: 'ENDED',
  at: new Date('2026-11-21T03:00:00Z'),
  actorUserId: 'usr_1',
  actorRole: 'CUSTOMER',
  actorSessionId: 'ses_1',
  sealedAddress: 'sealed',
  clientName: null,
  operationName: 'Bill',
  operationKind: 'query',
  documentHash: 'hash',
  acts: ['bill.read'],
  subjects: ['ln_1', 'cus_1'],
  outcome: 'OK',
  rowsSeen: 1,
  times: 1,
});

async function* inOrder(links: readonly ChainLink[], { from, to }: { readonly from: number; readonly to: number }) {
  for (const link of links) if (link.sequence >= from && link.sequence <= to) yield await Promise.resolve(link);
}

const judge = (links: readonly ChainLink[], more: Parameters<typeof verifyChain>[2] = {}, key = chain) =>
  verifyChain(
    { chain: key, read: (range) => inOrder(links, range) },
    { checkpoint: null, end: links.at(-1) ?? beginning },
    more,
  );

describe('A writer whose database takes nothing for hours', () => {
  it('remembers one attempt for all its tries of the same records', async () => {
    const store = createMemoryAuditStore();
    store.onAppend = () => Promise.resolve('not done');
    let looks = 0;
    const counting = { ...store, hashAt: (sequence: number) => ((looks += 1), store.hashAt(sequence)) };
    const writer = createChainWriter({ store: counting, chain });
    const records = [aRecord('r1'), aRecord('r2')];
    for (let nth = 0; nth < 50; nth += 1) await expect(writer.add(records)).rejects.toThrow();
    expect(looks).toBeLessThan(50);
    store.onAppend = () => Promise.resolve('done');
    expect(await writer.add(records)).toEqual(records);
  });
});

describe('The chain, whatever happens to several gateways that write it at once', () => {
  const fates = fc.constantFrom('done', 'not done', 'answer lost' as const);

  it('has each record once, those of a gateway in their order, and fits from end to end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }), { minLength: 2, maxLength: 3 }),
        fc.array(fates, { maxLength: 20 }),
        async (scheduler, gateways, fated) => {
          const store = createMemoryAuditStore();
          const destinies = [...fated];
          store.onAppend = () => scheduler.schedule(Promise.resolve(destinies.shift() ?? 'done'));

          /** Adds batch after batch, and tries again until each record is said to be in the chain. */
          async function write(name: string, batches: readonly number[]): Promise<string[]> {
            const writer = createChainWriter({ store, chain });
            const all: string[] = [];
            let waiting: readonly AuditRecord[] = [];
            for (const [number, size] of batches.entries()) {
              const batch = Array.from({ length: size }, (_, n) => aRecord(`${name} ${number} ${n}`));
              all.push(...batch.map(({ requestId }) => requestId));
              waiting = [...waiting, ...batch];
              const written = await writer.add(waiting).catch((): readonly AuditRecord[] => []);
              waiting = waiting.filter((record) => !written.includes(record));
            }
            while (waiting.length > 0) {
              const written = await writer.add(waiting).catch((): readonly AuditRecord[] => []);
              waiting = waiting.filter((record) => !written.includes(record));
            }
            return all;
          }

          const writing = Promise.all(gateways.map((batches, number) => write(`g${number}`, batches)));
          const expected = await scheduler.waitFor(writing);

          const written = store.records().map(({ requestId }) => requestId);
          for (const [number, ids] of expected.entries()) {
            expect(written.filter((id) => id.startsWith(`g${number} `))).toEqual(ids);
          }
          expect(written).toHaveLength(expected.flat().length);
          expect(await judge(store.links)).toMatchObject({ kind: 'sound', checked: written.length });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('A chain of records that somebody has changed', () => {
  const links = chain.extend(beginning, ['r1', 'r2', 'r3', 'r4', 'r5'].map(aRecord));
  const [, , third] = links;
  const end = links.at(-1);
  if (third === undefined || end === undefined) throw new Error('there are five links');
  const without = (sequence: number) => links.filter((link) => link.sequence !== sequence);

  it('is sound as it was written, wherever one begins to look', async () => {
    expect(await judge(links)).toEqual({ kind: 'sound', checked: 5, end });
    expect(await judge(links, { from: 4 })).toMatchObject({ kind: 'sound', checked: 2 });
    expect(await judge([])).toMatchObject({ kind: 'sound', checked: 0 });
  });

  it('shows each field that was changed, at its record', async () => {
    const changes: readonly Partial<AuditRecord>[] = [
      { requestId: 'r9' },
      { stage: 'BEGUN' },
      { at: new Date('2026-11-21T03:00:00.001Z') },
      { actorUserId: null },
      { actorRole: 'OPERATOR' },
      { actorSessionId: 'ses_2' },
      { sealedAddress: 'other' },
      { clientName: 'app' },
      { operationName: null },
      { operationKind: 'mutation' },
      { documentHash: null },
      { acts: [] },
      { subjects: ['cus_1', 'ln_1'] },
      { outcome: 'FORBIDDEN' },
      { rowsSeen: 0 },
      { times: 2 },
    ];
    expect(changes.flatMap((change) => Object.keys(change)).sort()).toEqual(Object.keys(third.record).sort());
    for (const change of changes) {
      const changed = links.map((link) => (link === third ? { ...link, record: { ...link.record, ...change } } : link));
      expect(await judge(changed)).toMatchObject({ kind: 'broken', at: 3 });
    }
  });

  it('shows a record that was removed, put in another’s place, or added', async () => {
    expect(await judge(without(3))).toMatchObject({ kind: 'broken', at: 3, why: 'the record is not there' });
    expect(await judge(without(1))).toMatchObject({ kind: 'broken', at: 1 });
    const swapped = links.map((link) => {
      const other = link.sequence === 2 ? links[3] : link.sequence === 4 ? links[1] : link;
      return { ...(other ?? link), sequence: link.sequence };
    });
    expect(await judge(swapped)).toMatchObject({ kind: 'broken', at: 2 });
    expect(await judge([...links, { ...end, sequence: 6 }])).toMatchObject({ kind: 'broken', at: 6 });
  });

  it('shows that it was cut off: by its end, and when that was set back, by an anchor', async () => {
    const cut = links.slice(0, 3);
    const claims = { checkpoint: null, end };
    const read = (range: { readonly from: number; readonly to: number }) => inOrder(cut, range);
    expect(await verifyChain({ chain, read }, claims)).toMatchObject({ kind: 'broken', at: 4 });
    expect(await judge(cut)).toMatchObject({ kind: 'sound' });
    expect(await judge(cut, { anchor: end })).toMatchObject({ kind: 'broken', at: 4 });
    expect(await judge(links, { anchor: third })).toMatchObject({ kind: 'sound' });
  });

  it('shows that it was chained anew without the key, or with another one', async () => {
    const stranger = createChain({ activeKeyId: 'a1', keys: { a1: randomBytes(32) } });
    const forged = stranger.extend(
      beginning,
      links.map(({ record }) => ({ ...record, outcome: 'OK' })),
    );
    expect(await judge(forged)).toMatchObject({ kind: 'broken', at: 1 });
    const unknown = links.map((link) => ({ ...link, keyId: 'a2' }));
    expect(await judge(unknown)).toMatchObject({ at: 1, why: expect.stringContaining('key a2, which is not given') });
    // Even with the key: an anchor from before shows it.
    const rewritten = chain.extend(
      beginning,
      links.map(({ record }) => ({ ...record, rowsSeen: 0 })),
    );
    expect(await judge(rewritten)).toMatchObject({ kind: 'sound' });
    expect(await judge(rewritten, { anchor: third })).toMatchObject({ kind: 'broken', at: 3 });
  });

  it('goes on under a new key, and both can be checked', async () => {
    const renewed = createChain({ activeKeyId: 'a2', keys: { ...ring.keys, a2: randomBytes(32) } });
    const longer = [...links, ...renewed.extend(end, [aRecord('r6')])];
    expect(await judge(longer, {}, renewed)).toMatchObject({ kind: 'sound', checked: 6 });
    expect(await judge(longer)).toMatchObject({ kind: 'broken', at: 6 });
  });
});

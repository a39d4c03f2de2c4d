import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { createTestDatabase } from '@supergraph/database/testing';

import type { AuditRecord } from '../audit-record.ts';
import { createChain } from '../chain.ts';
import { createChainWriter } from '../chain-writer.ts';
import { readCommand } from '../command/read-command.ts';
import { runAuditCommand } from '../command/run-command.ts';
import { keptFrom } from '../retention.ts';
import { openAuditDatabase, type AuditDatabase } from './audit-database.ts';
import { createSqlAuditStore } from './sql-audit-store.ts';

const keys = { activeKeyId: 'a1', keys: { a1: randomBytes(32) } };
const chain = createChain(keys);

const aRecord = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  requestId: randomUUID(),
  stage: 'ENDED',
  at: new Date(),
  actorUserId: 'usr_1',
  actorRole: 'CUSTOMER',
  actorSessionId: 'ses_1',
  sealedAddress: 'sealed',
  clientName: null,
  operationName: 'Bill',
  operationKind: 'query',
  documentHash: 'hash',
  acts: ['bill.read'],
  subjects: ['cus_1', 'ln_1'],
  outcome: 'OK',
  rowsSeen: 1,
  times: 1,
  ...more,
});
const some = (count: number, more?: Partial<AuditRecord>) => Array.from({ length: count }, () => aRecord(more));

let url: string;
let drop: () => Promise<void>;
let database: AuditDatabase;
const open = (): AuditDatabase => openAuditDatabase({ url, maxConnections: 2, onError: () => undefined });
const aWriter = (over = database) => createChainWriter({ store: createSqlAuditStore(over), chain });
const run = <Row extends Record<string, unknown>>(sql: string): Promise<Row[]> =>
  withConnection(url, async (client) => (await client.query<Row>(sql)).rows);
/** As somebody who owns the tables, and so may switch triggers off. */
const tamper = (sql: string) => run(`SET session_replication_role = replica; ${sql}`);

async function audit(...words: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const code = await runAuditCommand(readCommand(words), { database, chain, keys, now: new Date(), say });
  return { code, said: said.join('\n') };
}

beforeEach(async () => {
  const made = await createTestDatabase('gateway');
  url = made.url;
  database = open();
  drop = async () => {
    await database.$disconnect();
    await made.drop();
  };
});
afterEach(() => drop());

describe('The tables of the audit', () => {
  it('can be added to, and neither changed, emptied nor set back', async () => {
    await aWriter().add(some(3));
    for (const statement of [
      `UPDATE audit_record SET outcome = 'OK'`,
      'DELETE FROM audit_record',
      'DELETE FROM audit_record WHERE sequence = 3',
      'TRUNCATE audit_record',
      'UPDATE audit_chain SET sequence = 2',
      'UPDATE audit_chain SET hash = $$other$$',
      'DELETE FROM audit_chain',
      'TRUNCATE audit_chain',
    ]) {
      await expect(run(statement)).rejects.toThrow(/never changed|kept for two years|does not go back/);
    }
    await run(`INSERT INTO audit_checkpoint VALUES (2, 'hash', now(), 'a1', 'hash')`);
    for (const statement of [
      'DELETE FROM audit_record WHERE sequence <= 2',
      'UPDATE audit_checkpoint SET through_sequence = 1',
      'DELETE FROM audit_checkpoint',
      'TRUNCATE audit_checkpoint',
    ]) {
      await expect(run(statement)).rejects.toThrow(/never changed|kept for two years/);
    }
    expect(await run('SELECT count(*)::int AS count FROM audit_record')).toEqual([{ count: 3 }]);
  });

  it('hold one chain without gaps, however many gateways write at once', async () => {
    const others = [open(), open(), open()];
    const writers = [database, ...others].map((each) => aWriter(each));
    const written = await Promise.all(
      writers.map(async (writer, gateway) => {
        const ids: string[] = [];
        for (let batch = 0; batch < 20; batch += 1) {
          const records = some(1 + ((batch * gateway) % 5), { actorUserId: `gateway ${gateway}` });
          await writer.add(records);
          ids.push(...records.map(({ requestId }) => requestId));
        }
        return ids;
      }),
    );
    await Promise.all(others.map((each) => each.$disconnect()));

    const rows = await run<{ sequence: string; requestId: string; actor: string }>(
      'SELECT sequence, request_id AS "requestId", actor_user_id AS actor FROM audit_record ORDER BY sequence',
    );
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, n) => n + 1));
    for (const [gateway, ids] of written.entries()) {
      expect(rows.filter(({ actor }) => actor === `gateway ${gateway}`).map(({ requestId }) => requestId)).toEqual(ids);
    }
    expect(await audit('verify')).toMatchObject({
      code: 0,
      said: expect.stringContaining(`Sound: ${rows.length} records.`),
    });
  });

  it('give back what was written, to the last character', async () => {
    const awkward = aRecord({
      stage: 'BEGUN',
      outcome: null,
      at: new Date('2026-11-21T03:00:00.123Z'),
      actorUserId: null,
      clientName: `"quoted", {braced} \\ 'app'`,
      acts: [],
      subjects: ['a', 'A', '?_-'],
      operationKind: null,
    });
    await aWriter().add([awkward]);
    expect((await audit('verify')).code).toBe(0);
  });
});

describe('npm run audit -- verify', () => {
  let anchor: string;
  beforeEach(async () => {
    await aWriter().add(some(5));
    anchor = /Anchor.*: (.*)$/.exec((await audit('verify')).said)?.[1] ?? '';
  });

  it.each([
    ['a row was changed', 'UPDATE audit_record SET subjects = $${ln_2}$$ WHERE sequence = 3', 3],
    ['a row was removed', 'DELETE FROM audit_record WHERE sequence = 2', 2],
    ['the first row was removed', 'DELETE FROM audit_record WHERE sequence = 1', 1],
    [
      'two rows were swapped',
      'UPDATE audit_record SET sequence = -sequence WHERE sequence IN (2, 4); UPDATE audit_record SET sequence = 6 + sequence WHERE sequence < 0',
      2,
    ],
    ['the last rows were cut off', 'DELETE FROM audit_record WHERE sequence > 3', 4],
    ['everything was removed', 'DELETE FROM audit_record', 1],
    [
      'the end was set back',
      `UPDATE audit_chain SET sequence = 3, hash = (SELECT hash FROM audit_record WHERE sequence = 3)`,
      5,
    ],
    ['the end was removed', 'DELETE FROM audit_chain', 5],
    [
      'a checkpoint was forged',
      `INSERT INTO audit_checkpoint SELECT 3, hash, now(), 'a1', 'forged' FROM audit_record WHERE sequence = 3; DELETE FROM audit_record WHERE sequence <= 3`,
      3,
    ],
  ])('finds that %s', async (_, sql, at) => {
    await tamper(sql);
    const { code, said } = await audit('verify');
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^BROKEN at record ${at}: `));
  });

  it('finds by an anchor that the chain was cut off and its end set back', async () => {
    await tamper(
      `DELETE FROM audit_record WHERE sequence > 3;
       UPDATE audit_chain SET sequence = 3, hash = (SELECT hash FROM audit_record WHERE sequence = 3)`,
    );
    expect(await audit('verify')).toMatchObject({ code: 0 });
    expect(await audit('verify', '--anchor', anchor)).toMatchObject({
      code: 1,
      said: 'BROKEN at record 4: the chain once went on to record 5.',
    });
  });

  it('finds that it was chained anew by somebody without the key', async () => {
    const stranger = createChain({ activeKeyId: 'a1', keys: { a1: randomBytes(32) } });
    await tamper('DELETE FROM audit_record; DELETE FROM audit_chain');
    await createChainWriter({ store: createSqlAuditStore(database), chain: stranger }).add(some(5));
    expect(await audit('verify')).toMatchObject({ code: 1, said: expect.stringMatching(/^BROKEN at record 1: /) });
  });

  it('goes on while records are added', async () => {
    const writer = aWriter();
    const over = new AbortController();
    const writing = (async () => {
      while (!over.signal.aborted) await writer.add(some(3));
    })();
    for (let look = 0; look < 10; look += 1) expect(await audit('verify')).toMatchObject({ code: 0 });
    over.abort();
    await writing;
    expect(await audit('verify', '--anchor', anchor)).toMatchObject({ code: 0 });
  });
});

describe('npm run audit -- prune', () => {
  it('keeps two years in whole months of Seoul', () => {
    expect(keptFrom(new Date('2026-11-21T03:00:00Z'))).toEqual(new Date('2024-10-31T15:00:00Z'));
    expect(keptFrom(new Date('2026-10-31T14:59:59Z'))).toEqual(new Date('2024-09-30T15:00:00Z'));
    expect(keptFrom(new Date('2026-10-31T15:00:00Z'))).toEqual(new Date('2024-10-31T15:00:00Z'));
  });

  it('removes whole months that are two years old, and what is left can be checked', async () => {
    const kept = keptFrom(new Date()).getTime();
    const writer = aWriter();
    const dayMs = 86_400_000;
    for (let day = -60; day < 5; day += 1) await writer.add(some(2, { at: new Date(kept + day * dayMs) }));
    // one that had to wait for the database comes behind younger ones, and stays until they go
    await writer.add([aRecord({ at: new Date(kept - dayMs) }), aRecord()]);

    expect(await audit('prune')).toMatchObject({ code: 0, said: expect.stringMatching(/^Removed 120 records/) });
    expect(await audit('prune')).toMatchObject({ code: 0, said: expect.stringMatching(/^Removed 0 records/) });
    expect((await audit('verify')).said).toMatch(/^Sound: 12 records, 120 removed before\./);
    await writer.add(some(1));
    expect((await audit('verify')).said).toMatch(/^Sound: 13 records/);
    await tamper('DELETE FROM audit_record WHERE sequence = 121');
    expect((await audit('verify')).said).toMatch(/^BROKEN at record 121/);
  });

  it('leaves a broken chain alone, as evidence', async () => {
    await aWriter().add(some(5, { at: new Date('2020-01-01') }));
    await tamper(`UPDATE audit_record SET outcome = 'FORBIDDEN' WHERE sequence = 2`);
    expect(await audit('prune')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^Nothing removed: BROKEN at record 2/),
    });
    expect(await run('SELECT count(*)::int AS count FROM audit_record')).toEqual([{ count: 5 }]);
  });

  it('removes what an earlier run has left behind its checkpoint', async () => {
    const links = some(5, { at: new Date('2020-01-01') });
    await aWriter().add(links);
    await audit('prune');
    expect(await run('SELECT count(*)::int AS count FROM audit_record')).toEqual([{ count: 0 }]);
    await aWriter().add(some(1));
    expect((await audit('verify')).said).toMatch(/^Sound: 1 records, 5 removed before\./);
  });
});

describe('npm run audit -- who', () => {
  const rows = 20_000;

  it('tells who read somebody’s data and whose data somebody read, by an index', async () => {
    const writer = aWriter();
    for (let n = 0; n < rows; n += 1_000) {
      await writer.add(
        Array.from({ length: 1_000 }, (_, i) =>
          aRecord({ actorUserId: `usr_${(n + i) % 500}`, subjects: [`cus_${(n + i) % 400}`, `ln_${(n + i) % 4_000}`] }),
        ),
      );
    }
    await run('ANALYZE audit_record');
    const about = await audit('who', '--subject', 'ln_7', '--from', '2026-01-01');
    expect(about.said.split('\n')).toHaveLength(rows / 4_000 + 1);
    expect(about.said).toMatch(/\n5 records; by usr_7; about cus_7 ln_7$/);
    const by = await audit('who', '--actor', 'usr_7');
    expect(by.said).toMatch(/\n40 records; by usr_7; about cus_107 .*ln_7$/);

    const plan = async (condition: string) =>
      JSON.stringify(
        await run(
          `EXPLAIN SELECT * FROM audit_record WHERE ${condition} AND at >= '2026-01-01' AND sequence > 0 ORDER BY sequence LIMIT 1000`,
        ),
      );
    expect(await plan(`subjects && ARRAY['ln_7']`)).toContain('audit_record_subjects_idx');
    expect(await plan(`actor_user_id = 'usr_7'`)).toContain('audit_record_actor_user_id_at_idx');
    expect(await plan(`request_id = 'r'`)).toContain('audit_record_request_id_idx');
  });

  it('says what it did not understand', () => {
    expect(() => readCommand([])).toThrow('Say what to do.');
    expect(() => readCommand(['who'])).toThrow('Say whom it is about: --subject, --actor or --request.');
    expect(() => readCommand(['who', '--actor', 'a', '--from', 'yesterday'])).toThrow(
      'yesterday is no day such as 2026-11-21.',
    );
    expect(() => readCommand(['verify', '--anchor', '12'])).toThrow(/^An anchor is written SEQUENCE:HASH/);
    expect(() => readCommand(['burn'])).toThrow('There is no command burn.');
    expect(() => readCommand(['verify', 'now'])).toThrow('Not understood: now.');
  });
});

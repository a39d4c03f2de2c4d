import { randomBytes } from 'node:crypto';
import { cpuUsage } from 'node:process';

import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';
import { createManualClock } from '@supergraph/platform/testing';
import { parse } from 'graphql';

import { factsOf, supergraph } from '../testing/an-audited-graph.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import type { AuditRecord } from './audit-record.ts';
import { createRecordWriter } from './record-writer.ts';
import { variablesOf } from './id-arguments.ts';
import { createOperationAudit } from './operation-audit.ts';
import { readSeenData } from './seen-data.ts';
import { createSubjectNames } from './subject-names.ts';

const ring = { activeKeyId: 'a1', keys: { a1: randomBytes(32) } };
const write = createRecordWriter({ keys: ring, clock: createManualClock('2026-11-21T03:00:00Z') });

const actsOf = (text: string) => factsOf(text).facts.acts;
function subjectsOf(text: string, variables: Record<string, unknown>, customerId: string | null = null) {
  const { operation, facts } = factsOf(text);
  const request = { requestId: 'r1', client: { address: '192.0.2.1', name: null } };
  const viewer = aViewer({ customerId });
  return write(
    { request, viewer, asked: { operation, facts, variables: variablesOf(operation, variables) } },
    { outcome: 'OK' },
  ).subjects;
}

describe('The acts of an operation', () => {
  it('are those of its fields, wherever they are and whatever they are called', () => {
    expect(actsOf('{ me { lines { a: bill { amount } } } }')).toEqual(['account.read', 'bill.read']);
    expect(actsOf('{ line(id: "1") { id } }')).toEqual([]);
    expect(
      actsOf(
        '{ line(id: "1") { ... { ...F } } } fragment F on Line { number ...G } fragment G on Line { bill { id } }',
      ),
    ).toEqual(['bill.read', 'line.read']);
  });

  it('are those of every type behind an interface', () => {
    expect(actsOf('{ node(id: "1") { secret } }')).toEqual(['secret.read']);
    expect(actsOf('{ node(id: "1") { ... on User { name } } }')).toEqual([]);
  });

  it('are found in what does not fit the schema, and in fragments that contain each other', () => {
    expect(actsOf('{ nothing { me } me { nothing ...F } } fragment F on Nothing { number }')).toEqual(['account.read']);
    expect(actsOf('{ line(id: "1") { ...A } } fragment A on Line { ...B } fragment B on Line { number ...A }')).toEqual(
      ['line.read'],
    );
  });

  it('are found in time linear in the document, whatever its fragments add up to', () => {
    const fragments = Array.from(
      { length: 200 },
      (_, n) => `fragment F${n} on User { a: lines { number } ...F${n + 1} ...F${n + 1} }`,
    );
    const before = cpuUsage();
    expect(actsOf(`{ me { ...F0 } } ${fragments.join('\n')}`)).toEqual(['account.read', 'line.read']);
    // of the processor: a machine with other work does not make it more
    const { user, system } = cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});

describe('Whose data it is about', () => {
  const change = 'mutation C($input: ChangeInput!) { change(input: $input) { ... on Order { id } } }';

  it('is told by the ids in arguments, written out or as variables, but not by those of what is nobody’s', () => {
    const more = { lineId: 'ln_3', offeringId: '5G-3' };
    const input = { lineId: 'ln_1', offeringId: '5G-1', orderIds: ['o1', 'o2'], note: 'text', more };
    expect(subjectsOf(change, { input })).toEqual(['ln_1', 'o1', 'o2', 'ln_3']);
    const inside = 'mutation ($l: ID!) { change(input: { lineId: $l, orderIds: "o9" }) { __typename } }';
    expect(subjectsOf(inside, { l: 'ln_2' })).toEqual(['ln_2', 'o9']);
    const lines = 'query ($ids: [ID!] = ["ln_8"]) { lines(ids: $ids) { number } }';
    expect(subjectsOf(lines, { ids: ['ln_1', 7] })).toEqual(['ln_1', '7']);
    expect(subjectsOf(lines, {})).toEqual(['ln_8']);
    expect(subjectsOf('query { offering(id: "5G") { name } me { name } }', {})).toEqual([]);
  });

  it('is the customer who asks, in any case, and nobody where nothing is audited', () => {
    expect(subjectsOf('{ me { name } }', {}, 'cus_1')).toEqual(['cus_1']);
    expect(subjectsOf('{ offering(id: "5G") { name } }', {}, 'cus_1')).toEqual([]);
  });

  it('never keeps what only claims to be an id: numbers, names and text become digests that can be looked for', () => {
    const claimed = ['010-1234-5678', '01012345678', '홍길동', 'kim@example.com', 'x'.repeat(65), '\u0000', ''];
    const kept = subjectsOf(change, { input: { lineId: 'ln_1', orderIds: claimed } });
    expect(kept).toHaveLength(claimed.length + 1);
    expect(kept[0]).toBe('ln_1');
    for (const name of kept.slice(1)) expect(name).toMatch(/^\?[\w-]{22}$/);
    expect(kept).toContain(createSubjectNames(ring).formsOf('010-1234-5678')[0]);
  });

  it('passes over variables that do not fit', () => {
    for (const input of [null, 'text', 7, [[]], { lineId: { id: 'x' }, orderIds: [null, {}] }, undefined]) {
      expect(subjectsOf(change, { input })).toEqual([]);
    }
  });
});

describe('A record', () => {
  it('holds no address in clear, no name that is none, and no text of what was asked or answered', () => {
    const text = 'query Mine { line(id: "010-9999-0001") { number } }';
    const { operation, facts } = factsOf(text);
    const request = { requestId: 'r1', client: { address: '192.0.2.77', name: 'x'.repeat(1_000) } };
    const seen = readSeenData(facts.footprint, { line: { number: '010-9999-0001' } });
    const record: AuditRecord = write(
      // an id out of chance may hold any four digits
      { request, viewer: aViewer({ sessionId: 'ses_1' }), asked: { operation, facts, variables: {} } },
      { outcome: 'OK', seen },
    );
    expect(JSON.stringify(record)).not.toMatch(/192\.0\.2\.77|9999/);
    expect(record).toMatchObject({
      operationName: 'Mine',
      operationKind: 'query',
      rowsSeen: 1,
      clientName: null,
    });
  });
});

describe('What may go on while nothing can be written down', () => {
  const texts = {
    read: '{ me { name } }',
    change: 'mutation { change(input: { lineId: "ln_1", offeringId: "5G" }) { __typename } }',
    logIn: 'mutation { login { tokens { refreshToken } } }',
    both: 'mutation { login { tokens { refreshToken } } change(input: { lineId: "ln_1", offeringId: "5G" }) { __typename } }',
    neither: '{ offering(id: "5G") { name } }',
  };
  const unavailable = new CodedError('AUDIT_UNAVAILABLE');

  async function attempt(text: string, trail: { readonly hasRoom: boolean; readonly isAway: boolean }) {
    const noted: AuditRecord[] = [];
    const audit = createOperationAudit({
      trail: {
        hasRoom: () => trail.hasRoom,
        insist: () => (trail.isAway ? Promise.reject(unavailable) : Promise.resolve()),
        note: (record) => Promise.resolve(void noted.push(record)),
        close: () => Promise.resolve(),
      },
      write,
    });
    const { operation } = factsOf(text);
    const entry = audit.open({ requestId: 'r1', client: { address: '192.0.2.1', name: null } });
    entry.asks({ hash: 'a hash', document: parse(text), operation, supergraph }, {});
    try {
      await entry.begin();
      await entry.end({ data: {} });
    } catch (error) {
      expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      return 'refused';
    } finally {
      await audit.close();
    }
    return noted.length === 0 ? 'goes on' : 'is noted';
  }

  it.each([
    ['with a database', { hasRoom: true, isAway: false }, ['is noted', 'is noted', 'is noted', 'is noted', 'goes on']],
    ['while there is room', { hasRoom: true, isAway: true }, ['is noted', 'refused', 'is noted', 'refused', 'goes on']],
    ['without any', { hasRoom: false, isAway: true }, ['refused', 'refused', 'goes on', 'refused', 'goes on']],
  ])('%s is decided by what it is', async (_, trail, expected) => {
    const outcomes = await Promise.all(Object.values(texts).map((text) => attempt(text, trail)));
    expect(outcomes).toEqual(expected);
  });
});

import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';
import { createManualClock } from '@supergraph/platform/testing';
import { directivesIn } from '@supergraph/schema/directive-map';
import { buildSchema, Kind, parse, type FormattedExecutionResult } from 'graphql';

import { aViewer } from '../testing/stand-in-subgraphs.ts';
import type { AuditRecord } from './audit-record.ts';
import { createOperationReader } from './audited-graph.ts';
import { createRecordWriter } from './draft.ts';
import { variablesOf } from './id-arguments.ts';
import { createOperationAudit } from './operation-audit.ts';
import { readSeenData } from './seen-data.ts';
import { createSubjectNames } from './subject-names.ts';

const sdl = /* GraphQL */ `
  directive @audited(as: String!) on FIELD_DEFINITION
  interface UserError {
    code: String!
  }
  type Query {
    me: User @audited(as: "account.read")
    line(id: ID!): Line
    lines(ids: [ID!]): [Line]
    held(first: Int): HeldConnection @audited(as: "order.held.read")
    offering(id: ID!): Offering
    node(id: ID!): Node
  }
  type Mutation {
    login: LoginResult @audited(as: "login")
    change(input: ChangeInput!): ChangeResult! @audited(as: "plan.change")
  }
  interface Node {
    id: ID!
    secret: String
  }
  type User implements Node {
    id: ID!
    secret: String @audited(as: "secret.read")
    name: String
    lines: [Line!]
  }
  type Line {
    id: ID!
    number: String @audited(as: "line.read")
    bill(month: String): Bill @audited(as: "bill.read")
  }
  type Bill {
    id: ID!
    amount: Int
    offering: Offering
  }
  type Offering {
    id: ID!
    name: String
  }
  type HeldConnection {
    edges: [HeldEdge!]!
    nodes: [Order!]!
    totalCount: Int
  }
  type HeldEdge {
    node: Order!
  }
  type Order {
    id: ID!
    line: Line
    offering: Offering
  }
  type LoginResult {
    tokens: Tokens
  }
  type Tokens {
    accessToken: String
    refreshToken: String
  }
  input ChangeInput {
    lineId: ID!
    offeringId: ID!
    orderIds: [ID!]
    note: String
    more: ChangeInput
  }
  union ChangeResult = Order | NotAllowed
  type NotAllowed implements UserError {
    code: String!
  }
`;
const schema = buildSchema(sdl);
const supergraph = { schema, directives: directivesIn(parse(sdl)) };
const readOperation = createOperationReader();
const ring = { activeKeyId: 'a1', keys: { a1: randomBytes(32) } };
const write = createRecordWriter({ keys: ring, clock: createManualClock('2026-11-21T03:00:00Z') });

function factsOf(text: string) {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('there is no operation');
  return { operation, facts: readOperation({ hash: 'a hash', document, operation, supergraph }) };
}

const actsOf = (text: string) => factsOf(text).facts.acts;
const seenIn = (text: string, data: FormattedExecutionResult['data']) => {
  const { ids, ...rest } = readSeenData(factsOf(text).facts.footprint, data);
  return { ids: [...ids], ...rest };
};
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
    const startedAt = performance.now();
    expect(actsOf(`{ me { ...F0 } } ${fragments.join('\n')}`)).toEqual(['account.read', 'line.read']);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('What an answer showed', () => {
  it('is told by the ids of those whose it is, under any name, in lists and through fragments', () => {
    const text = '{ me { x: id lines { ...F } } } fragment F on Line { y: id id: number bill { id offering { id } } }';
    const line = (n: number) => ({
      y: `ln_${n}`,
      id: '010-1234-5678',
      bill: { id: `bill_${n}`, offering: { id: '5G' } },
    });
    expect(seenIn(text, { me: { x: 'usr_1', lines: [line(1), line(2)] } })).toEqual({
      ids: ['usr_1', 'ln_1', 'bill_1', 'ln_2', 'bill_2'],
      rows: 5,
      refusal: null,
    });
  });

  it('counts the rows of a page, and nothing for null', () => {
    const held = { edges: [{ node: { id: 'o1', line: null } }, { node: { id: 'o2', line: { id: 'ln_1' } } }] };
    expect(seenIn('{ held { edges { node { id line { id } } } } }', { held })).toMatchObject({
      ids: ['o1', 'o2', 'ln_1'],
      rows: 2,
    });
    expect(seenIn('{ held { nodes { id } } }', { held: { nodes: [] } })).toMatchObject({ rows: 0 });
    expect(seenIn('{ held { totalCount } }', { held: { totalCount: 7 } })).toMatchObject({ rows: 1 });
    expect(seenIn('{ me { id } }', { me: null })).toEqual({ ids: [], rows: 0, refusal: null });
    expect(seenIn('{ me { id } }', null)).toEqual({ ids: [], rows: 0, refusal: null });
  });

  it('is told by the token of whoever signed in', () => {
    const text = 'mutation { login { tokens { refreshToken t: accessToken } } }';
    const tokenOf = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    const seen = (token: unknown) => seenIn(text, { login: { tokens: { refreshToken: 'secret', t: token } } }).ids;
    expect(seen(tokenOf({ sub: 'usr_1', customer_id: 'cus_1', scope: '' }))).toEqual(['usr_1', 'cus_1']);
    expect(seen(tokenOf({ sub: 'usr_2', customer_id: null }))).toEqual(['usr_2']);
    for (const none of ['', 'x', 'a.b.c', tokenOf({}), tokenOf(null), null]) expect(seen(none)).toEqual([]);
  });

  it('is a refusal when that is what came', () => {
    const text =
      'mutation { change(input: { lineId: "1", offeringId: "2" }) { ... on Order { id } ... on UserError { c: code } } }';
    expect(seenIn(text, { change: { c: 'CHANGE_IN_PROGRESS' } })).toMatchObject({ refusal: 'CHANGE_IN_PROGRESS' });
    expect(seenIn(text, { change: { id: 'o1' } })).toMatchObject({ refusal: null, ids: ['o1'] });
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
      { request, viewer: aViewer(), asked: { operation, facts, variables: {} } },
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

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

import { CodedError } from '@supergraph/platform/errors';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { createTestDatabase } from '@supergraph/database/testing';
import { directivesIn } from '@supergraph/schema/directive-map';
import { parse } from 'graphql';

import { aGateway, type Ask, type Reply, type TestGateway } from '../testing/a-gateway.ts';
import { everything, productOfAnyLine } from '../testing/one-customer.ts';
import { aViewer, type Resolvers } from '../testing/stand-in-subgraphs.ts';
import type { AuditRecord } from './audit-record.ts';

const customer = aViewer();
const powerless = aViewer({ scopes: [] });

const Query = { line: (_: unknown, { id }: { id: string }) => ({ id }) };
const billing: Resolvers = {
  Query,
  Line: {
    bill: () => ({ __typename: 'BillNotIssued', code: 'BILL_NOT_ISSUED', message: '', billingMonth: '2026-10' }),
  },
};
/** A code that somebody may also write where text is theirs to choose. */
const refusalOfOthers = 'PLAN_CHANGE_NOT_ALLOWED';
let changes = 0;
const product: Resolvers = {
  ...productOfAnyLine(),
  Query: { ...Query, productOfferings: () => ({ edges: [], pageInfo: {}, totalCount: 0, freshness: null }) },
  Mutation: {
    createProductOrder: () => {
      changes += 1;
      return { __typename: 'ProductOrder', id: 'ord_1', externalId: refusalOfOthers };
    },
  },
  ProductOrder: {
    kosCalls: () => {
      throw new CodedError('SERVICE_UNAVAILABLE');
    },
  },
};
const auth: Resolvers = {
  Query: {
    ...Query,
    me: () => ({
      id: 'usr_1',
      loginId: 'kim',
      customer: { id: 'cus_1', lines: ['ln_1', 'ln_2'].map((id) => ({ id, phoneNumber: '010-9999-0001' })) },
    }),
  },
  Mutation: {
    login: (_: unknown, { input }: { input: { password: string } }) => {
      if (input.password === 'wrong horse') throw new CodedError('INVALID_CREDENTIALS');
      return { __typename: 'LoginSucceeded', deviceToken: 'secret' };
    },
    createStepUp: () => ({ __typename: 'StepUp', token: 'a proof that nobody may keep' }),
    logout: () => ({ __typename: 'LoggedOut', endedSessionCount: 1 }),
  },
};

const login =
  'mutation Login { login(input: { loginId: "kim", password: "correct horse" }) { ... on LoginSucceeded { deviceToken } } }';
const wrongLogin = login.replace('correct', 'wrong');
const logout = 'mutation { logout(input: {}) { __typename } }';
const change =
  'mutation Change($input: CreateProductOrderInput!) { createProductOrder(input: $input) { ... on ProductOrder { id } } }';
const wish = { externalId: 'e1', lineId: 'ln_1', productOfferingId: '5G-BASIC-001' };
const plainChange =
  'mutation { createProductOrder(input: { externalId: "e1", lineId: "ln_1", productOfferingId: "5G" }) { __typename } }';
const menu = '{ billInquiryMenu { currentBillingMonth } }';
const bill = 'query Bill($id: ID!) { line(id: $id) { id bill { __typename ... on UserError { code } } } }';

describe('Every request', () => {
  let g: TestGateway;
  beforeAll(async () => {
    g = await aGateway({ auth, billing, product });
  });
  afterAll(() => g.close());

  const recordsOf = ({ headers }: Reply): readonly AuditRecord[] =>
    g.audit.records().filter(({ requestId }) => requestId === headers.get('x-request-id'));
  const ended = (reply: Reply) => recordsOf(reply).filter(({ stage }) => stage === 'ENDED');

  it('that shows or changes somebody’s data is one record of who, what, whose and how it ended', async () => {
    const read = await g.ask(everything, { as: customer, headers: { 'apollographql-client-name': 'web' } });
    expect(recordsOf(read)).toEqual([
      expect.objectContaining({
        stage: 'ENDED',
        actorUserId: 'usr_1',
        actorRole: 'CUSTOMER',
        actorSessionId: customer.sessionId,
        clientName: 'web',
        operationKind: 'query',
        subjects: expect.arrayContaining(['cus_1', 'ln_1', 'ln_2']),
        outcome: 'OK',
      }),
    ]);
    const billed = await g.ask(bill, { as: customer, variables: { id: 'ln_1' } });
    expect(recordsOf(billed)).toMatchObject([
      {
        acts: expect.arrayContaining(['bill.read']),
        operationName: 'Bill',
        subjects: ['cus_1', 'ln_1'],
        outcome: 'BILL_NOT_ISSUED',
      },
    ]);
    expect(recordsOf(await g.ask(login))).toMatchObject([
      { acts: ['login'], actorUserId: null, outcome: 'OK', subjects: [] },
    ]);
  });

  it('that changes something has two: one before it is carried out', async () => {
    const changed = await g.ask(change, { as: customer, variables: { input: wish } });
    expect(recordsOf(changed)).toMatchObject([
      { stage: 'BEGUN', acts: ['plan.change'], outcome: null, subjects: ['cus_1', 'ln_1'] },
      { stage: 'ENDED', acts: ['plan.change'], outcome: 'OK', subjects: ['cus_1', 'ln_1', 'ord_1'] },
    ]);
  });

  it('ends as it did, whatever name its asker gives to something else that was shown', async () => {
    const aliased = `mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) {
      ... on ProductOrder { x: externalId } ... on ProductChangeNotAllowed { x: code } } }`;
    const changed = await g.ask(aliased, { as: customer, variables: { input: wish } });
    expect(changed.body.data).toEqual({ createProductOrder: { x: refusalOfOthers } });
    expect(ended(changed)).toMatchObject([{ outcome: 'OK', rowsSeen: 1 }]);

    const stepUp = `mutation ($input: CreateStepUpInput!) { createStepUp(input: $input) {
      ... on StepUp { x: token } ... on PasswordIncorrect { x: code } } }`;
    const input = { challenge: 'c', password: 'correct horse' };
    const proved = await g.ask(stepUp, { as: customer, variables: { input } });
    expect(proved.body.data).toEqual({ createStepUp: { x: 'a proof that nobody may keep' } });
    expect(ended(proved)).toMatchObject([{ outcome: 'OK' }]);
  });

  it('that showed some of what it asked for, and was refused the rest, says so', async () => {
    const reply = await g.ask('{ me { id } billInquiryMenu { currentBillingMonth } }', { as: powerless });
    expect([reply.status, reply.body.errors?.length]).toEqual([200, 1]);
    expect(ended(reply)).toMatchObject([{ outcome: 'PARTIAL', rowsSeen: 1 }]);
  });

  it('that changed something and could not show all of it is no failure', async () => {
    const telling = change.replace('id }', 'id kosCalls { result } }');
    const reply = await g.ask(telling, { as: customer, variables: { input: wish } });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([200, null]);
    expect(reply.body.errors).toMatchObject([{ path: ['createProductOrder', 'kosCalls'] }]);
    expect(ended(reply)).toMatchObject([{ outcome: 'PARTIAL' }]);
  });

  const late = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x';
  const refused: readonly (readonly [string, string, Ask, number])[] = [
    ['UNAUTHENTICATED', '{ me { id } }', {}, 401],
    ['INVALID_TOKEN', '{ me { id } }', { headers: { authorization: `Bearer ${late}` } }, 401],
    ['FORBIDDEN', menu, { as: powerless }, 403],
    ['FORBIDDEN', bill, { as: powerless, variables: { id: 'ln_1' } }, 200],
    ['NOT_FOUND', bill, { as: customer, variables: { id: 'ln_9' } }, 200],
    ['GRAPHQL_PARSE_FAILED', '{ me { id }', { as: customer }, 400],
    ['GRAPHQL_VALIDATION_FAILED', '{ me { id phone } }', { as: customer }, 400],
    ['OPERATION_RESOLUTION_FAILURE', 'query A { me { id } } query B { me { id } }', { as: customer }, 400],
    ['QUERY_TOO_DEEP', `{ me ${'{ customer { lines '.repeat(30)} { id } ${'} }'.repeat(30)} }`, { as: customer }, 400],
    ['BAD_USER_INPUT', change, { as: customer, variables: { input: { ...wish, lineId: null } } }, 400],
  ];
  it.each(refused)('that is refused with %s is one record, too', async (code, query, how, status) => {
    const reply = await g.ask(query, how);
    expect(reply.status).toBe(status);
    expect(ended(reply)).toMatchObject([{ outcome: code }]);
  });

  it('is one record, whatever it was, and no personal data is in any of them', async () => {
    const mix = [
      ...refused.map(
        ([, query, how]) =>
          () =>
            g.ask(query, how),
      ),
      () => g.ask(everything, { as: customer }),
      () => g.ask(bill, { as: customer, variables: { id: '010-9999-0001' } }),
      () => g.ask(change, { as: customer, variables: { input: wish } }),
      () => g.ask(login),
    ];
    const replies = await Promise.all(Array.from({ length: 4 }, () => mix.map((ask) => ask())).flat());
    const ids = replies.map(({ headers }) => headers.get('x-request-id'));
    const counts = new Map<string, number>();
    for (const { requestId, stage } of g.audit.records()) {
      if (stage === 'ENDED') counts.set(requestId, (counts.get(requestId) ?? 0) + 1);
    }
    expect(new Set(ids).size).toBe(replies.length);
    expect(ids.filter((id) => counts.get(id ?? '') !== 1)).toEqual([]);
    expect(JSON.stringify(g.audit.records())).not.toMatch(/010-9999|127\.0\.0\.1|correct horse|"kim/);
  });

  it('about nobody’s data is none', async () => {
    expect(recordsOf(await g.ask('{ __typename }', { as: customer }))).toEqual([]);
    expect(recordsOf(await g.ask('{ __schema { queryType { name } } }'))).toEqual([]);
    expect(recordsOf(await g.ask('{ productOfferings { totalCount } }', { as: customer }))).toEqual([]);
  });
});

describe('A flood of requests that are refused', () => {
  it.each([
    ['for want of a token', '{ me { id } }', 'UNAUTHENTICATED'],
    ['for want of a token to change something', plainChange, 'UNAUTHENTICATED'],
    ['for a wrong password', wrongLogin, 'INVALID_CREDENTIALS'],
  ])('%s has twenty records in a minute, and one that counts the rest', async (_why, query, outcome) => {
    const g = await aGateway({ auth, billing, product });
    for (let n = 0; n < 30; n += 1) await g.ask(query);
    await g.stop();
    expect(g.audit.records().map((record) => [record.outcome, record.times])).toEqual([
      ...Array.from({ length: 20 }, () => [outcome, 1]),
      [outcome, 10],
    ]);
    await g.close();
  });

  it('has one for each change that is on record as begun', async () => {
    const g = await aGateway({ auth, billing, product });
    for (let n = 0; n < 30; n += 1) await g.ask(plainChange, { as: powerless });
    const outcomes = g.audit.records().map(({ outcome }) => outcome);
    expect(outcomes).toEqual(Array.from({ length: 30 }, () => [null, 'FORBIDDEN']).flat());
    await g.close();
  });
});

describe('While nothing can be put on record', () => {
  it('reads go on, changes are refused before anything is done, people come and go, and all of it is written later', async () => {
    const g = await aGateway({ auth, billing, product });
    const read = () => g.ask(everything, { as: customer });
    const before = changes;
    const replies: Reply[] = [await read()];

    g.audit.isAway = true;
    for (let n = 0; n < 10; n += 1) {
      const answered = await read();
      expect(answered.status).toBe(200);
      const refused = await g.ask(change, {
        as: customer,
        variables: { input: wish },
        headers: { 'accept-language': 'en' },
      });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(refused.body.errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE', retryable: true } }]);
      replies.push(answered, refused, await g.ask(login), await g.ask(logout, { as: customer }));
    }
    expect(changes).toBe(before);
    expect(g.audit.links).toHaveLength(1);

    g.audit.isAway = false;
    await g.stop();
    expect(g.audit.records().map(({ requestId }) => requestId)).toEqual(
      replies.map(({ headers }) => headers.get('x-request-id')),
    );
    await g.close();
  });
});

describe('Two gateways before one database', () => {
  it('write one chain together, with each request in it once', async () => {
    const database = await createTestDatabase('gateway');
    const environment = { GATEWAY_DATABASE_URL: database.url };
    const gateways = await Promise.all([1, 2].map(() => aGateway({ auth, billing, product }, environment)));
    const replies = await Promise.all(
      gateways.flatMap((g) => Array.from({ length: 60 }, () => g.ask(everything, { as: customer }))),
    );
    await Promise.all(gateways.map((g) => g.close()));

    const rows = await withConnection(database.url, async (client) => {
      const { rows: all } = await client.query<{ sequence: string; requestId: string }>(
        'SELECT sequence, request_id AS "requestId" FROM audit_record ORDER BY sequence',
      );
      return all;
    });
    await database.drop();
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(replies.map((_, n) => n + 1));
    expect(rows.map(({ requestId }) => requestId).sort()).toEqual(
      replies.map(({ headers }) => headers.get('x-request-id')).sort(),
    );
  });
});

describe('The schema', () => {
  const supergraph = readFileSync(
    createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'),
    'utf8',
  );
  const directives = directivesIn(parse(supergraph));
  const isOn = (name: string, place: string): boolean =>
    (directives.get(place) ?? []).some((directive) => directive.name.value === name);

  it('audits every mutation', () => {
    const places = [...directives.keys()].filter((place) => place.includes('.') && !place.includes('('));
    const unaudited = places.filter((place) => place.startsWith('Mutation.') && !isOn('audited', place));
    expect(unaudited).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOrMakeSecrets } from '@supergraph/embedded/secrets';
import {
  createInternalTokenSigner,
  internalTokenHeader,
  readSigningKey,
  type Viewer,
} from '@supergraph/platform/identity';
import { Kind, parse } from 'graphql';

import { aSupergraph, type TestSupergraph } from './support/a-supergraph.ts';
import type { Json } from './support/graphql-client.ts';

const subgraphNames = ['auth', 'billing', 'product'] as const;
const sdlOf = (name: string) =>
  parse(readFileSync(fileURLToPath(new URL(`../schema/subgraphs/${name}.graphql`, import.meta.url)), 'utf8'));

/** Every entity of every subgraph, read from the SDL: a new one is asked for by strangers without being listed. */
const entities = subgraphNames.flatMap((subgraph) =>
  sdlOf(subgraph).definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION && type.directives?.some((each) => each.name.value === 'key')
      ? [{ subgraph, entity: type.name.value }]
      : [],
  ),
);
/** The catalogue belongs to everybody who is signed in. */
const shared = new Set(['ProductOffering']);

describe('an entity asked for at a subgraph’s own door', () => {
  let graph: TestSupergraph;
  let sign: ReturnType<typeof createInternalTokenSigner>;
  let ids: Readonly<Record<string, string>>;
  let owner: Viewer;

  beforeAll(async () => {
    graph = await aSupergraph({ KOS_LATENCY_SCALE: '0.01' });
    const secrets = readOrMakeSecrets(`${graph.dataDir}/secrets.json`);
    const pem = Buffer.from(secrets.INTERNAL_TOKEN_PRIVATE_KEY, 'base64').toString('utf8');
    sign = createInternalTokenSigner({ key: await readSigningKey(pem), clock: graph.clock });
    const token = await graph.logIn('testuser01');
    const { data } = await graph.ask(
      `{ me { id customer { id lines { id bill { ... on CustomerBill { id } } currentProduct { id } } } sessions { id } } }`,
      {},
      { token },
    );
    const line = data['me']?.['customer']?.['lines']?.[0];
    const lineId = line?.['id'];
    const inquiry = await graph.ask(
      'mutation ($input: CreateBillInquiryInput!) { createBillInquiry(input: $input) { ... on BillInquiry { id } } }',
      { input: { lineId } },
      { token },
    );
    const order = await graph.ask(
      'mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) { ... on ProductOrder { id } } }',
      { input: { lineId, productOfferingId: '5G-STANDARD-001', externalId: 'a wish' } },
      { token },
    );
    ids = {
      User: data['me']?.['id'] ?? '',
      Customer: data['me']?.['customer']?.['id'] ?? '',
      Line: lineId ?? '',
      CustomerBill: line?.['bill']?.['id'] ?? '',
      BillInquiry: inquiry.data['createBillInquiry']?.['id'] ?? '',
      Product: line?.['currentProduct']?.['id'] ?? '',
      ProductOffering: '5G-PREMIUM-001',
      ProductOrder: order.data['createProductOrder']?.['id'] ?? '',
    };
    owner = {
      userId: ids['User'] ?? '',
      customerId: 'CUST001',
      role: 'CUSTOMER',
      scopes: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
      sessionId: data['me']?.['sessions']?.[0]?.['id'] ?? '',
    };
  });
  afterAll(() => graph.close());

  const other = (): Viewer => ({ ...owner, userId: 'somebody-else', customerId: 'CUST003' });
  const staff = (role: 'OPERATOR' | 'ANALYST'): Viewer => ({ ...owner, userId: 'staff', customerId: null, role });

  async function lookUp(
    place: (typeof entities)[number],
    viewer: Viewer | null,
    id = ids[place.entity],
  ): Promise<Json> {
    const response = await fetch(`${graph.supergraph.others[place.subgraph] ?? ''}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [internalTokenHeader]: sign(viewer, place.subgraph) },
      body: JSON.stringify({
        query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${place.entity} { __typename id } } }`,
        variables: { of: [{ __typename: place.entity, id }] },
      }),
    });
    return (await response.json()) as Json;
  }

  it.each(entities)('$entity of $subgraph is there for its owner', async (place) => {
    expect(await lookUp(place, owner)).toEqual({
      data: { _entities: [{ __typename: place.entity, id: ids[place.entity] }] },
    });
  });

  it.each(entities.filter(({ entity }) => !shared.has(entity)))(
    '$entity of $subgraph does not exist for anybody else',
    async (place) => {
      for (const viewer of [other(), staff('OPERATOR'), staff('ANALYST')]) {
        const answer = await lookUp(place, viewer);
        expect(answer['data']?.['_entities']).toEqual([null]);
        expect(answer).toEqual(await lookUp(place, viewer, 'nothing'));
      }
    },
  );

  it.each(entities)('$entity of $subgraph is refused to whoever is not signed in', async (place) => {
    const answer = await lookUp(place, null);
    expect(answer['errors']?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });

  it.each(subgraphNames)('nothing is answered by %s without the gateway’s token', async (subgraph) => {
    const response = await fetch(`${graph.supergraph.others[subgraph] ?? ''}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-user-id': owner.userId,
        'x-internal-token': sign(owner, 'another'),
      },
      body: JSON.stringify({ query: '{ _service { sdl } }' }),
    });
    expect(response.status).toBe(401);
  });
});

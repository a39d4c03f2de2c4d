import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINUTE_MS } from '@supergraph/platform/time';

import { aSupergraph, type TestSupergraph } from './support/a-supergraph.ts';
import type { Json } from './support/graphql-client.ts';

const change = /* GraphQL */ `
  mutation Change($input: CreateProductOrderInput!) {
    createProductOrder(input: $input) {
      __typename
      ... on ProductOrder {
        id
        state
        productCodeAfter
      }
      ... on UserError {
        code
      }
      ... on StepUpRequired {
        challenge
        productCodeBefore
        productCodeAfter
        monthlyFeeDifference {
          value
        }
      }
    }
  }
`;
const stepUp = /* GraphQL */ `
  mutation StepUp($input: CreateStepUpInput!) {
    createStepUp(input: $input) {
      __typename
      ... on StepUp {
        token
        expiresAt
      }
      ... on UserError {
        code
      }
    }
  }
`;

const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        deviceToken
        user {
          loginId
        }
      }
    }
  }
`;

let graph: TestSupergraph;
beforeAll(async () => {
  // a busy machine may take longer than a customer would wait at most
  graph = await aSupergraph({ KOS_LATENCY_SCALE: '0.01', ORDER_WAIT_MS: '4500' });
});
afterAll(() => graph.close());

describe('Somebody whose password strangers guess at', () => {
  const loginId = 'testuser02';

  it('gets in from a device that signed in before, and from nowhere else', async () => {
    const attempt = async (password: string, deviceToken?: string) =>
      await graph.ask(logIn, { input: { loginId, password, deviceToken } });
    const { data } = await attempt('demo-password-02');
    const deviceToken = data['login']?.['deviceToken'];
    const codes = [];
    for (let nth = 0; nth < 6; nth += 1) codes.push((await attempt('a guess')).errors[0]?.extensions.code);
    expect(codes).toEqual([...Array<string>(5).fill('INVALID_CREDENTIALS'), 'LOGIN_BLOCKED']);
    expect((await attempt('demo-password-02')).errors[0]?.extensions.code).toBe('LOGIN_BLOCKED');
    const known = await attempt('demo-password-02', deviceToken);
    expect(known.data['login']).toEqual({ deviceToken, user: { loginId } });
  });
});

describe('A plan that costs 44,000 won less', () => {
  let token: string;
  let input: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    token = await graph.logIn('testuser01');
    const { data } = await graph.ask('{ me { customer { lines { id } } } }', {}, { token });
    const lineId = data['me']?.['customer']?.['lines']?.[0]?.['id'];
    input = { lineId, productOfferingId: '5G-SLIM-001', externalId: 'a wish' };
  });

  const order = async (more: Readonly<Record<string, unknown>> = {}, as = token): Promise<Json | undefined> =>
    (await graph.ask(change, { input: { ...input, ...more } }, { token: as })).data['createProductOrder'];
  const confirm = async (challenge: string | undefined, password: string, as = token): Promise<Json | undefined> =>
    (await graph.ask(stepUp, { input: { challenge, password } }, { token: as })).data['createStepUp'];

  it('is ordered with the password, given for exactly that change in that session, and the order can be asked for again', async () => {
    const refusal = await order();
    expect(refusal).toEqual({
      __typename: 'StepUpRequired',
      code: 'STEP_UP_REQUIRED',
      challenge: expect.any(String),
      productCodeBefore: '5G-PREMIUM-001',
      productCodeAfter: '5G-SLIM-001',
      monthlyFeeDifference: { value: '-44000' },
    });
    const challenge = refusal?.['challenge'];
    expect(await confirm(challenge, 'a guess')).toEqual({
      __typename: 'PasswordIncorrect',
      code: 'PASSWORD_INCORRECT',
    });

    const elsewhere = await graph.logIn('testuser01');
    const given = await confirm(challenge, 'demo-password-01', elsewhere);
    expect(await order({ stepUpToken: given?.['token'] })).toEqual(refusal);

    const stale = await confirm(challenge, 'demo-password-01');
    graph.clock.advance(5 * MINUTE_MS);
    expect(await order({ stepUpToken: stale?.['token'] })).toEqual(refusal);

    const confirmed = await confirm(challenge, 'demo-password-01');
    const expiresAt = new Date(graph.clock.now().getTime() + 5 * MINUTE_MS).toISOString();
    expect(confirmed).toEqual({ __typename: 'StepUp', token: expect.any(String), expiresAt });
    const stepUpToken = confirmed?.['token'];
    expect(await order({ stepUpToken, productOfferingId: '5G-BASIC-001', externalId: 'other' })).toMatchObject({
      __typename: 'StepUpRequired',
    });
    expect(await order({ stepUpToken: token })).toEqual(refusal);

    const ordered = await order({ stepUpToken });
    expect(ordered).toMatchObject({ __typename: 'ProductOrder', state: 'COMPLETED', productCodeAfter: '5G-SLIM-001' });
    expect(await order()).toEqual(ordered);
    expect(await order({ stepUpToken })).toEqual(ordered);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@supergraph/platform/identity';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const question = /* GraphQL */ `
  query {
    me {
      loginId
      customer {
        profile {
          called: name
          operatorCode
        }
        ...Lines
      }
    }
  }
  fragment Lines on Customer {
    lines {
      phoneNumber
    }
  }
`;
const inFull = {
  loginId: 'kim',
  customer: { profile: { called: '홍길동', operatorCode: 'MVNO001' }, lines: [{ phoneNumber: '010-1234-5678' }] },
};
const masked = {
  loginId: 'kim',
  customer: { profile: { called: '홍*동', operatorCode: 'MVNO001' }, lines: [{ phoneNumber: '010-****-5678' }] },
};

describe('an answer with personal data in it', () => {
  let g: TestGateway;
  beforeAll(async () => {
    g = await aGateway({
      auth: {
        Query: { me: () => ({ id: 'usr_1', loginId: 'kim', customer: { id: 'CUST001' } }) },
        Customer: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          lines: () => [{ id: 'ln_1', phoneNumber: '010-1234-5678' }],
        },
        Mutation: {
          login: () => ({
            __typename: 'LoginSucceeded',
            tokens: { accessToken: 'access', refreshToken: 'refresh' },
            user: { id: 'usr_1', loginId: 'kim' },
          }),
        },
      },
      product: {
        Customer: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          profile: () => ({ name: '홍길동', operatorCode: 'MVNO001' }),
        },
      },
    });
  });
  afterAll(() => g.close());

  it('shows a customer everything', async () => {
    const { body } = await g.ask(question, { as: aViewer() });
    expect(body).toEqual({ data: { me: inFull } });
  });

  it.each<Viewer['role']>(['OPERATOR', 'ANALYST', 'PARTNER', 'DEVELOPER'])(
    'is masked for the role %s',
    async (role) => {
      const { body } = await g.ask(question, { as: aViewer({ role, customerId: null }) });
      expect(body.data).toEqual({ me: masked });
    },
  );

  it('shows the tokens it issues to whoever signs in', async () => {
    const { body } = await g.ask(
      'mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSucceeded { tokens { accessToken } } } }',
      { variables: { input: { loginId: 'kim', password: 'secret-password' } } },
    );
    expect(body.data).toEqual({ login: { tokens: { accessToken: 'access' } } });
  });
});

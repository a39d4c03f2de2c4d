import type { FaultRuleInput } from '@supergraph/kos-simulator/faults';

import type { Attack } from '../kit/attack.ts';

const faults: readonly FaultRuleInput[] = [
  { operation: '*', status: 500 },
  { operation: '*', status: 503 },
  { operation: '*', malformed: 'html' },
  { operation: '*', malformed: 'truncated' },
  { operation: '*', malformed: 'wrong-types' },
  { operation: '*', malformed: 'other-line' },
  { operation: '*', reset: 'before' },
  { operation: '*', hang: true, times: 3 },
];

const everything = /* GraphQL */ `
  {
    me {
      customer {
        profile {
          name
        }
        lines {
          id
          bill {
            __typename
            ... on UserError {
              code
              message
            }
          }
          currentProduct {
            productCode
          }
        }
      }
    }
  }
`;
const change = /* GraphQL */ `
  mutation ($input: CheckProductOfferingQualificationInput!) {
    checkProductOfferingQualification(input: $input) {
      __typename
      ... on UserError {
        code
        message
      }
    }
  }
`;
/** A port where nothing listens. */
const nobody = 'http://127.0.0.1:9/graphql';

export const attack: Attack = {
  threat: 'T7',
  title: 'No error tells of the inside, whatever breaks there',
  needsOwnStack: true,
  stage: 'breaks KOS',
  async run(target, trial) {
    const { kos, own } = target;
    if (kos === null || own === null) return '';
    const { access: token } = await target.logIn('testuser03');
    const variables = { input: { lineId: 'ln_AAAAAAAAAAAAAAAAAAAAAA', productOfferingId: '5G-BASIC-001' } };
    try {
      for (const fault of faults) {
        await kos.fail([fault]);
        for (const query of [everything, change]) await trial.ask(query, { token, variables });
      }
      await kos.stopListening();
      await trial.ask(everything, { token });
    } finally {
      await kos.heal();
    }
    const lame = await own.gateway({ SUBGRAPH_BILLING_URL: nobody, SUBGRAPH_PRODUCT_URL: nobody });
    const half = await trial.ask(everything, { token }, lame);
    trial.holds(half.codes.includes('SERVICE_UNAVAILABLE'), `two dead subgraphs are called ${half.codes.join()}`);
    const blind = await own.gateway({ SUBGRAPH_AUTH_URL: nobody });
    trial.refused(
      'a dead auth',
      await trial.ask('{ me { id } }', { token }, blind),
      'AUTH_STATE_UNAVAILABLE',
      'SERVICE_UNAVAILABLE',
    );
    const dead = await trial.ask(
      'mutation { login(input: { loginId: "testuser01", password: "a wrong password" }) { __typename } }',
      {},
      blind,
    );
    trial.refused('a log-in with a dead auth', dead, 'SERVICE_UNAVAILABLE');
    return `${faults.length + 1} faults of KOS, and gateways before dead subgraphs`;
  },
};

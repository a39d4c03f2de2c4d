import type { Attack } from '../kit/attack.ts';
import { textAt, valueAt } from '../kit/trial.ts';

const change = /* GraphQL */ `
  mutation Change($input: CreateProductOrderInput!) {
    createProductOrder(input: $input) {
      __typename
      ... on StepUpRequired {
        challenge
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
      }
    }
  }
`;
const plans = /* GraphQL */ `
  query Plans($line: ID!) {
    line(id: $line) {
      changeableProductOfferings(first: 20) {
        edges {
          node {
            id
          }
          monthlyFeeDifference {
            value
          }
        }
      }
    }
  }
`;
/** A change of price beyond this needs the password. */
const freeDifferenceWon = 30_000;
const password = 'demo-password-01';

export const attack: Attack = {
  threat: 'A19',
  title: 'A change that costs much needs the password, given for just that change, once',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser01');
    const { data } = await trial.ask('{ me { customer { lines { id } } } }', { token });
    const lineId = textAt(data, 'me', 'customer', 'lines', 0, 'id');
    const order = (productOfferingId: string, more: object = {}, as = token) =>
      trial.ask(change, {
        token: as,
        variables: { input: { lineId, productOfferingId, externalId: `attack-step-up-${productOfferingId}`, ...more } },
      });
    const kindOf = (heard: { readonly data: unknown }) => valueAt(heard.data, 'createProductOrder', '__typename');
    const offered = await trial.ask(plans, { token, variables: { line: lineId } });
    const edges = valueAt(offered.data, 'line', 'changeableProductOfferings', 'edges');
    const dear = (Array.isArray(edges) ? edges : [])
      .filter((edge) => Math.abs(Number(valueAt(edge, 'monthlyFeeDifference', 'value'))) > freeDifferenceWon)
      .map((edge) => textAt(edge, 'node', 'id'));
    const challenges: { readonly plan: string; readonly challenge: string }[] = [];
    for (const plan of dear.slice(0, 2)) {
      const heard = await order(plan);
      const challenge = valueAt(heard.data, 'createProductOrder', 'challenge');
      trial.holds(
        typeof challenge === 'string',
        `a dear plan is answered ${String(kindOf(heard))} ${heard.codes.join()}`,
      );
      if (typeof challenge === 'string') challenges.push({ plan, challenge });
    }
    const [first, second] = challenges;
    if (first === undefined) throw new Error(`none of ${dear.length} dear plans asks for the password`);
    const refused = (what: string, heard: { readonly data: unknown; readonly codes: readonly string[] }) => {
      trial.holds(
        kindOf(heard) === 'StepUpRequired' || heard.codes.length > 0,
        `${what} is answered ${String(kindOf(heard))}`,
      );
    };
    for (const forged of ['', 'x', token, first.challenge, 'a.b.c'])
      refused('a made-up proof', await order(first.plan, { stepUpToken: forged }));
    const wrong = await trial.ask(stepUp, {
      token,
      variables: { input: { challenge: first.challenge, password: 'a wrong password' } },
    });
    trial.holds(
      valueAt(wrong.data, 'createStepUp', '__typename') === 'PasswordIncorrect',
      'a wrong password gives a proof',
    );

    const given = await trial.ask(stepUp, { token, variables: { input: { challenge: first.challenge, password } } });
    const stepUpToken = textAt(given.data, 'createStepUp', 'token');
    if (second !== undefined) refused('the proof for another plan', await order(second.plan, { stepUpToken }));
    refused(
      'the proof for another day',
      await order(first.plan, { stepUpToken, requestedStart: 'NEXT_MONTH', externalId: 'attack-step-up-later' }),
    );
    const { access: elsewhere } = await target.logIn('testuser01');
    refused(
      'the proof in another session',
      await order(first.plan, { stepUpToken, externalId: 'attack-step-up-else' }, elsewhere),
    );
    const asAccess = await trial.ask('{ me { id } }', { token: stepUpToken });
    trial.refused('the proof as an access token', asAccess, 'INVALID_TOKEN');
    return 'five made-up proofs, a wrong password; a real proof for another plan, another day, in another session, as an access token';
  },
};

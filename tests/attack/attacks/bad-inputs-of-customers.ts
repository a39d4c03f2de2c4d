import type { Attack } from '../kit/attack.ts';
import { logIn } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import { textAt, type Heard, type Trial } from '../kit/trial.ts';

const bill =
  'query ($line: ID!, $month: YearMonth) { line(id: $line) { bill(billingMonth: $month) { __typename ... on UserError { code } } } }';
const order =
  'mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) { __typename ... on UserError { code } } }';

/** Those that need nobody signed in. Answers how many. */
async function asAnybody(trial: Trial): Promise<number> {
  const guess = { loginId: 'attack-nobody', password: 'a wrong password' };
  trial.refused(
    '27 an unknown account',
    await trial.ask(logIn, { variables: { input: guess }, from: freshAddress() }),
    'INVALID_CREDENTIALS',
  );
  trial.refused(
    '29 an unknown refresh token',
    await trial.ask('mutation { refreshSession(input: { refreshToken: "x" }) { __typename } }', {
      from: freshAddress(),
    }),
    'REFRESH_TOKEN_INVALID',
    'BAD_USER_INPUT',
  );
  return 2;
}

/** Those that need somebody who is signed in: what is asked, and what the answer has to say. Answers how many. */
async function asCustomer(trial: Trial, token: string, without: string): Promise<number> {
  const { data } = await trial.ask('{ me { customer { lines { id currentProduct { productCode } } } } }', { token });
  const line = textAt(data, 'me', 'customer', 'lines', 0, 'id');
  const plan = textAt(data, 'me', 'customer', 'lines', 0, 'currentProduct', 'productCode');
  const says = (row: number, what: string, heard: Heard, ...codes: readonly string[]) => {
    const isSaid = codes.some((code) => heard.text.includes(`"${code}"`));
    trial.holds(isSaid && heard.status < 500, `${row} ${what}: ${heard.status} ${heard.text.slice(0, 120)}`);
  };
  says(
    30,
    'a right that is missing',
    await trial.ask(order, {
      token: without,
      variables: { input: { lineId: line, productOfferingId: plan, externalId: 'attack' } },
    }),
    'FORBIDDEN',
  );
  says(
    31,
    'an unknown line',
    await trial.ask(bill, { token, variables: { line: 'ln_AAAAAAAAAAAAAAAAAAAAAA' } }),
    'NOT_FOUND',
  );
  const months = ['2026-13', '2026-2', '2199-01', '2001-01', '0000-00', '2026-11-01', ''];
  for (const month of months)
    says(
      33,
      `the month ${month}`,
      await trial.ask(bill, { token, variables: { line, month } }),
      'INVALID_BILLING_MONTH',
      'BAD_USER_INPUT',
    );
  const pages = ['0', '-1', '100000', '2147483648', '1e400', '1.5', '"5"'];
  for (const first of pages) {
    const heard = await trial.ask(`{ productOfferings(first: ${first}) { totalCount } }`, { token });
    says(
      34,
      `a page of ${first}`,
      heard,
      'INVALID_PAGE',
      'BAD_USER_INPUT',
      'OPERATION_TOO_EXPENSIVE',
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_PARSE_FAILED',
    );
  }
  const forged = await trial.ask('{ productOfferings(first: 5, after: "bm90aGluZw") { totalCount } }', { token });
  says(34, 'a forged cursor', forged, 'INVALID_PAGE');
  const ordering = (more: object) =>
    trial.ask(order, {
      token,
      variables: { input: { lineId: line, productOfferingId: plan, externalId: 'attack-same', ...more } },
    });
  says(35, 'the plan that it is on', await ordering({}), 'PLAN_CHANGE_NOT_ALLOWED');
  says(
    35,
    'a plan that there is not',
    await ordering({ productOfferingId: 'NONE', externalId: 'attack-none' }),
    'PLAN_CHANGE_NOT_ALLOWED',
  );
  says(
    36,
    'a version that is old',
    await ordering({ productOfferingId: '5G-BASIC-001', expectedProductVersion: 999, externalId: 'attack-old' }),
    'PLAN_VERSION_CONFLICT',
  );
  for (const externalId of ['', 'x'.repeat(65)])
    says(37, 'a key that is none', await ordering({ externalId }), 'IDEMPOTENCY_KEY_REQUIRED', 'BAD_USER_INPUT');
  return months.length + pages.length + 8;
}

export const attack: Attack = {
  threat: 'B27–B37',
  title: 'What only auth, KOS or our own books can refuse has its code, too',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser01');
    const { access: without } = await target.logIn('testuser02');
    const requests = (await asAnybody(trial)) + (await asCustomer(trial, token, without));
    return `${requests} requests: 9 of the rows`;
  },
};

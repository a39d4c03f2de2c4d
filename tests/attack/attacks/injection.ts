import type { Attack } from '../kit/attack.ts';
import { logIn } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';

const texts: readonly unknown[] = [
  "' OR 1=1--",
  "'; DROP TABLE account; --",
  '" OR ""="',
  '${process.env}',
  '{{7*7}}',
  '../../../../etc/passwd',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\r\nset-cookie: a=b',
  '{"level":60,"msg":"forged"}',
  '％２７',
  '٠١٠١٢٣٤',
  'x'.repeat(12_000),
  { equals: 'x' },
  { contains: '' },
  { not: null },
  ['a', 'b'],
  [],
  0,
  -1,
  1e400,
  true,
  null,
];

const operations: Readonly<Record<string, (text: unknown) => Readonly<Record<string, unknown>>>> = {
  'query ($id: ID!) { line(id: $id) { id bill { __typename } } }': (id) => ({ id }),
  'query ($id: ID!) { productOrder(id: $id) { id } }': (id) => ({ id }),
  'query ($id: ID!) { billInquiry(id: $id) { id } }': (id) => ({ id }),
  'query ($id: ID!) { productOffering(id: $id) { id } }': (id) => ({ id }),
  'query ($after: String) { productOfferings(first: 5, after: $after) { totalCount } }': (after) => ({ after }),
  'query ($first: Int!) { productOfferings(first: $first) { totalCount } }': (first) => ({ first }),
  'mutation ($input: CreateBillInquiryInput!) { createBillInquiry(input: $input) { __typename } }': (text) => ({
    input: { lineId: text, billingMonth: text },
  }),
  'mutation ($input: CheckProductOfferingQualificationInput!) { checkProductOfferingQualification(input: $input) { __typename } }':
    (text) => ({ input: { lineId: text, productOfferingId: text } }),
  'mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) { __typename } }': (text) => ({
    input: { lineId: text, productOfferingId: text, externalId: text },
  }),
  'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }': (sessionId) => ({
    input: { sessionId },
  }),
  'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename } }': (refreshToken) => ({
    input: { refreshToken },
  }),
};

export const attack: Attack = {
  threat: 'T23',
  title: 'A value is a value, whatever is written in it',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser02');
    for (const [query, variablesOf] of Object.entries(operations)) {
      for (const text of texts) {
        const heard = await trial.ask(query, { token, variables: variablesOf(text) });
        const what = `${query.slice(0, 50)}… with ${JSON.stringify(text).slice(0, 30)}`;
        trial.holds(
          heard.status < 500 && !heard.codes.includes('INTERNAL_SERVER_ERROR'),
          `${what}: ${heard.status} ${heard.codes.join()}`,
        );
        trial.holds(heard.headers['set-cookie'] === undefined, `${what} sets a cookie`);
      }
    }
    for (const text of texts) {
      const heard = await trial.ask(logIn, {
        variables: { input: { loginId: text, password: text } },
        from: freshAddress(),
      });
      const isRefused = ['BAD_USER_INPUT', 'INVALID_CREDENTIALS'].includes(heard.codes.join());
      trial.holds(isRefused, `a log-in as ${JSON.stringify(text).slice(0, 30)}: ${heard.status} ${heard.codes.join()}`);
    }
    trial.holds((await trial.ask('{ me { id } }', { token })).status === 200, 'nothing is as it was');
    return `${texts.length} texts and misfits in ${Object.keys(operations).length + 1} operations`;
  },
};

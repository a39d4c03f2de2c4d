import type { Attack } from '../kit/attack.ts';
import { json } from '../kit/send.ts';

const typos = [
  '{ mee { id } }',
  '{ me { idd lognId rol sesions { id } } }',
  '{ line(idd: "x") { id } }',
  '{ me { ... on Usr { id } } }',
  '{ heldProductOrder { totalCount } }',
  'query ($a: LoginInpt) { me { id } }',
  'mutation { logn(input: {}) { __typename } }',
  'mutation { login(input: { loginIdd: "a" }) { __typename } }',
  '{ servicePermission(service: BILL_INQUIRI) { isGranted } }',
];
const introspection = [
  '{ __schema { types { name } } }',
  '{ __type(name: "User") { fields { name } } }',
  '{ me { ... { __type(name: "Line") { name } } } }',
];
/** Names that a probe may not learn. */
const names = /loginId|sessions|LoginInput|heldProductOrders|BILL_INQUIRY|billInquiryMenu/;

export const attack: Attack = {
  threat: 'T10',
  title: 'Who may not see the schema does not learn it by asking amiss',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const production = await own.gateway({ NODE_ENV: 'production' });
    const { access: token } = await target.logIn('testuser01');
    for (const url of [undefined, production]) {
      for (const query of typos) {
        const heard = await trial.send(
          { headers: { ...json, 'accept-language': 'en' }, body: JSON.stringify({ query }) },
          url,
        );
        trial.holds(!names.test(heard.text), `${query} teaches ${heard.text.slice(0, 120)}`);
        trial.holds(heard.status >= 400, `${query} is answered ${heard.status}`);
      }
    }
    for (const query of introspection) {
      for (const as of [{}, { token }]) {
        const heard = await trial.ask(query, as, production);
        trial.holds(
          heard.codes.includes('INTROSPECTION_DISABLED') && heard.data === undefined,
          `in production ${query}: ${heard.text.slice(0, 120)}`,
        );
      }
    }
    const page = await trial.send({ method: 'GET', headers: { accept: 'text/html' } }, production);
    trial.holds(page.status >= 400, `production has a landing page: ${page.status}`);
    const sdl = await trial.ask('{ _service { sdl } }', { token }, production);
    trial.refused('a subgraph’s own schema', sdl, 'GRAPHQL_VALIDATION_FAILED');
    return `${typos.length} misspellings with and without production, ${introspection.length} introspections by two, the landing page`;
  },
};

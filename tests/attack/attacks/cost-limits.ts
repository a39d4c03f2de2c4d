import type { Attack } from '../kit/attack.ts';
import { repeat } from '../kit/documents.ts';
import { fastestOf } from '../kit/trial.ts';

const dear = [
  `{ ${repeat(5, (at) => `a${at}: productOfferings(first: 100) { edges { node { id name allowances { type amount } } } }`)} }`,
  '{ me { customer { lines { bills(first: 100) { edges { node { items { name amount { value } } discounts { name amount { value } } } } } } } } }',
  '{ me { customer { lines { billInquiries(first: 100) { edges { node { id } } } productOrders(first: 100) { edges { node { id kosCalls { requestedAt } } } } } } } }',
];
const sizes = ['0', '-1', '100000', '2147483647', '1e400'];

export const attack: Attack = {
  threat: 'A4.1',
  title: 'What would cost too much is refused before it is begun',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser02');
    for (const query of dear) {
      const heard = await fastestOf(3, () => trial.ask(query, { token }));
      trial.refused(query.slice(0, 60), heard, 'OPERATION_TOO_EXPENSIVE', 'QUERY_TOO_COMPLEX', 'INVALID_PAGE');
      trial.holds(heard.tookMs < 100, `refused after ${Math.round(heard.tookMs)} ms`);
    }
    for (const size of sizes) {
      const heard = await trial.ask(`{ productOfferings(first: ${size}) { totalCount } }`, { token });
      trial.refused(
        `a page of ${size}`,
        heard,
        'INVALID_PAGE',
        'OPERATION_TOO_EXPENSIVE',
        'BAD_USER_INPUT',
        'GRAPHQL_VALIDATION_FAILED',
      );
    }
    const ordinary = await trial.ask('{ productOfferings(first: 5) { edges { node { id } } } }', { token });
    trial.holds(ordinary.status === 200, `an ordinary page is answered ${ordinary.status} ${ordinary.codes.join()}`);
    return `${dear.length} dear operations, pages of ${sizes.join(', ')}`;
  },
};

import { demoAccounts } from '@supergraph/auth/demo-accounts';

import type { Attack } from '../kit/attack.ts';

/** Names of those whom the demo accounts stand for, as KOS tells them. */
const names = ['김테스트', '이샘플', '박데모'];
const spellings = (lineNumber: string): readonly string[] => [
  lineNumber,
  lineNumber.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1-$2-$3'),
  `+82${lineNumber.slice(1)}`,
];

/** The product names the accounts to try it with when it is up; that is no log. */
const isForWhoeverStartsIt = (line: string): boolean => /^ {2}\w+ +demo-password-\d\d +\w/.test(line);

export const attack: Attack = {
  threat: 'T18',
  title: 'No log tells whom it is about, nor what proves who somebody is',
  needsOwnStack: true,
  stage: 'looks back',
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    // what is typed where it does not belong is personal, too
    const { access, refresh } = await target.logIn('testuser02');
    const misplaced = '010-1234-5678';
    await trial.ask(`{ me { x: idd(number: "${misplaced}") } }`, { token: access });
    await trial.ask('query ($id: ID!) { line(id: $id) { id } }', { token: access, variables: { id: misplaced } });
    await trial.ask(`query N010_1234_5678 { line(id: "01012345678") { id } }`, { token: access });
    await trial.send({ path: `/graphql?phone=${misplaced}`, body: '{' });
    await trial.send({
      method: 'GET',
      path: `/01012345678`,
      headers: { 'user-agent': '김테스트'.normalize('NFD').replaceAll(/[^\x20-\x7e]/g, '?') },
    });
    await trial.ask('{ me { id } }', { token: `${access}x` });
    await trial.ask('mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename } }', {
      variables: { input: { refreshToken: `${refresh}x` } },
    });

    const wanted = [
      ...names,
      ...demoAccounts.flatMap(({ lineNumbers }) => lineNumbers.flatMap(spellings)),
      ...demoAccounts.map(({ password }) => password),
      access.slice(0, 60),
      access.split('.')[2] ?? access,
      refresh,
      'a wrong password',
    ];
    const lines = own
      .log()
      .split('\n')
      .filter((line) => !isForWhoeverStartsIt(line));
    for (const text of wanted) {
      const found = lines.filter((line) => line.includes(text));
      trial.holds(
        found.length === 0,
        `${text.slice(0, 24)} is in ${found.length} lines: ${(found[0] ?? '').slice(0, 160)}`,
      );
    }
    trial.holds(lines.length > 20, `only ${lines.length} lines were written`);
    return `${lines.length} log lines of everything above, searched for ${wanted.length} numbers, names, passwords and tokens`;
  },
};

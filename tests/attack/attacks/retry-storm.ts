import { setTimeout as pause } from 'node:timers/promises';

import type { Attack } from '../kit/attack.ts';
import type { Target } from '../kit/target.ts';
import { textAt, valueAt, type Trial } from '../kit/trial.ts';

const perSecond = 50;
const seconds = 10;
/** Five failures in a row open a circuit; a read is tried once more; three operations are asked for here. */
const mostCalls = 30;
const healWithinMs = 45_000;
const bill = /* GraphQL */ `
  query Bill($line: ID!, $month: YearMonth) {
    line(id: $line) {
      bill(billingMonth: $month) {
        __typename
      }
    }
  }
`;

/** Waits until KOS is asked again for what nobody has kept. */
async function untilKosAnswers(
  trial: Trial,
  asking: { readonly token: string; readonly variables: Record<string, unknown> },
): Promise<boolean> {
  const deadline = performance.now() + healWithinMs;
  while (performance.now() < deadline) {
    const { data } = await trial.ask(bill, asking);
    if (valueAt(data, 'line', 'bill', '__typename') !== 'BackendUnavailable') return true;
    await pause(500);
  }
  return false;
}

async function firstLine(target: Target, trial: Trial) {
  const { access: token } = await target.logIn('testuser01');
  const { data } = await trial.ask('{ me { customer { lines { id } } } billInquiryMenu { billingMonths } }', { token });
  const months = valueAt(data, 'billInquiryMenu', 'billingMonths');
  return { token, line: textAt(data, 'me', 'customer', 'lines', 0, 'id'), months: Array.isArray(months) ? months : [] };
}

export const attack: Attack = {
  threat: 'T21',
  title: 'A KOS that fails is not asked more because many ask us',
  stage: 'breaks KOS',
  async run(target, trial) {
    const { kos } = target;
    if (kos === null) return 'needs the switches of KOS';
    const { token, line, months } = await firstLine(target, trial);
    const [warm, ...cold] = months.map(String).reverse();
    const isWell = await untilKosAnswers(trial, { token, variables: { line, month: warm } });
    trial.holds(isWell, 'KOS is not asked again after what came before');
    const before = await kos.callsInAll();
    await kos.fail([{ operation: '*', status: 500 }]);
    const answers: Promise<unknown>[] = [];
    try {
      for (let nth = 0; nth < perSecond * seconds; nth += 1) {
        answers.push(trial.ask(bill, { token, variables: { line, month: cold[nth % cold.length] } }));
        await pause(1_000 / perSecond);
      }
      await Promise.all(answers);
    } finally {
      await kos.heal();
    }
    const calls = (await kos.callsInAll()) - before;
    trial.holds(calls <= mostCalls, `${answers.length} questions became ${calls} calls of KOS`);
    trial.holds(calls > 0, 'KOS was not asked at all');
    return `${answers.length} reads in ${seconds} s while KOS fails: ${calls} calls of KOS`;
  },
};

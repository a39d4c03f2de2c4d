import type { DemoAccount } from '@supergraph/auth/demo-accounts';

import type { Attack } from '../kit/attack.ts';
import { logIn } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import { median, sameDistribution } from '../kit/statistics.ts';
import type { Heard } from '../kit/trial.ts';

const samples = 100;
const triesEach = 4;
/** Of two equal distributions, one pair in a hundred seems more different than this. */
const leastLikelihood = 0.01;
const mostApartMs = 2;

const account = (loginId: string, nth: number): DemoAccount => ({
  loginId,
  password: `attack-password-${nth}`,
  what: 'an account to guess at',
  role: 'PARTNER',
  customerId: null,
  lineNumbers: [],
  permissions: [],
});

const shownBy = ({ status, text, headers }: Heard): string =>
  `${status} ${text.replace(/"traceId":"[^"]*"/, '')} ${Object.keys(headers).sort().join()}`;

export const attack: Attack = {
  threat: 'T17',
  title: 'An answer does not tell, by text, status or time, whether an account exists',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    // nobody has guessed at these before
    const run = Date.now().toString(36);
    const [realId, noneId] = [(nth: number) => `${run}-real-${nth}`, (nth: number) => `${run}-none-${nth}`];
    const accounts = Array.from({ length: samples / triesEach }, (_, nth) => account(realId(nth), nth));
    await own.addAccounts(accounts);
    const guess = (loginId: string) =>
      trial.ask(logIn, { variables: { input: { loginId, password: 'a wrong password' } }, from: freshAddress() });
    for (let nth = 0; nth < 5; nth += 1) await guess(`${run}-warm-${nth}`);
    const [real, unknown]: [Heard[], Heard[]] = [[], []];
    for (let nth = 0; nth < samples; nth += 1) {
      const place = nth % accounts.length;
      // in turn, so that whatever else the machine does falls upon both alike
      real.push(await guess(realId(place)));
      unknown.push(await guess(noneId(place)));
    }
    const shown = new Set([...real, ...unknown].map(shownBy));
    trial.holds(shown.size === 1, `${shown.size} different answers: ${[...shown].join(' – ').slice(0, 300)}`);
    const [realMs, unknownMs] = [real, unknown].map((all) => all.map(({ tookMs }) => tookMs));
    if (realMs === undefined || unknownMs === undefined) return '';
    const apart = Math.abs(median(realMs) - median(unknownMs));
    const likelihood = sameDistribution(realMs, unknownMs);
    trial.holds(
      apart < mostApartMs || likelihood > leastLikelihood,
      `medians ${apart.toFixed(1)} ms apart, p = ${likelihood.toFixed(3)}`,
    );
    for (const loginId of [realId(0), noneId(0)]) await guess(loginId);
    const blocked = await Promise.all([realId(0), noneId(0)].map(guess));
    trial.holds(
      new Set(blocked.map(({ codes }) => codes.join())).size === 1,
      'the lock of an account tells that it exists',
    );
    return `${samples} guesses at real accounts and ${samples} at none: medians ${apart.toFixed(1)} ms apart, Kolmogorov–Smirnov p = ${likelihood.toFixed(2)}`;
  },
};

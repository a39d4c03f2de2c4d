import type { Attack } from '../kit/attack.ts';
import { logIn, whoAmI } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import type { Heard, Trial } from '../kit/trial.ts';

const perUser = 100;
/** A tenth of a limit comes back every six seconds. */
const backAfterMs = 6_000;
/** Said when Redis is too slow for once: what is granted without it is counted apart. */
const countedApart = 'rate limits hold in this instance alone';
const logInsPerAddress = 20;

const refusals = (answers: readonly Heard[]): number =>
  answers.filter(({ status, codes }) => status === 429 && codes.includes('RATE_LIMITED')).length;

async function askOften(count: number, ask: () => Promise<Heard>): Promise<readonly Heard[]> {
  const answers: Heard[] = [];
  for (let nth = 0; nth < count; nth += 10) {
    answers.push(...(await Promise.all(Array.from({ length: Math.min(10, count - nth) }, ask))));
  }
  return answers;
}

async function guess(trial: Trial, url: string, from: string): Promise<readonly Heard[]> {
  let nth = 0;
  return await askOften(logInsPerAddress + 15, () => {
    nth += 1;
    const input = { loginId: `attack-spray-${nth}`, password: 'a wrong password' };
    return trial.ask(logIn, { variables: { input }, from }, url);
  });
}

export const attack: Attack = {
  threat: 'A4',
  title: 'Nobody asks more than their share, nor guesses one password at many accounts',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const url = await own.gateway({ RATE_LIMITS: 'on' });
    const { access: token } = await target.logIn('testuser02');
    const { access: other } = await target.logIn('analyst01');
    const startedAt = performance.now();
    const timesApart = () => own.log().split(countedApart).length;
    const timesBefore = timesApart();
    const countings = () => (timesApart() > timesBefore ? 2 : 1);
    const answers = await askOften(perUser * 3, () => trial.ask(whoAmI, { token, from: freshAddress() }, url));
    const refused = refusals(answers);
    const granted = perUser * (1 + Math.ceil((performance.now() - startedAt) / backAfterMs) / 10);
    trial.holds(
      answers.length - refused <= granted * countings(),
      `${answers.length - refused} requests of one user were answered`,
    );
    trial.holds(
      answers.length - refused >= perUser,
      `only ${answers.length - refused} requests of one user were answered`,
    );
    const last = answers.find(({ status }) => status === 429);
    trial.holds(Number(last?.headers['retry-after']) > 0, 'nobody is told when to come back');
    trial.holds(last?.headers['ratelimit-limit'] !== undefined, 'nobody is told the limit');
    trial.holds((await trial.ask(whoAmI, { token: other }, url)).status === 200, 'somebody else is refused as well');

    const guesses = await guess(trial, url, freshAddress());
    const checked = guesses.length - refusals(guesses);
    trial.holds(
      checked <= logInsPerAddress * countings(),
      `one address had ${checked} log-ins checked within a minute`,
    );
    const elsewhere = await trial.ask(
      logIn,
      { variables: { input: { loginId: 'attack-else', password: 'a wrong password' } }, from: freshAddress() },
      url,
    );
    trial.refused('another address', elsewhere, 'INVALID_CREDENTIALS');
    if (own.redis === null)
      return `${answers.length} requests of a user: ${refused} refused; ${guesses.length} log-ins: ${checked} checked`;

    await own.redis.kill();
    try {
      const without = await guess(trial, url, freshAddress());
      const byItself = without.length - refusals(without);
      trial.holds(byItself <= logInsPerAddress, `without Redis one address had ${byItself} log-ins checked`);
      return `${answers.length} requests of a user: ${refused} refused; ${guesses.length} log-ins of an address: ${checked} checked, ${byItself} with Redis killed`;
    } finally {
      await own.redis.start();
    }
  },
};

import type { Attack } from '../kit/attack.ts';
import { logIn, repeat } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';

const guesses = 200;
const allowed = 5;

export const attack: Attack = {
  threat: 'T3',
  title: 'A password is guessed at five times, however it is asked',
  async run(_target, trial) {
    const from = freshAddress();
    const one = 'login(input: { loginId: "attack-aliased", password: "a wrong password" }) { __typename }';
    for (const count of [2, 10, 250, 1_000]) {
      const heard = await trial.ask(`mutation { ${repeat(count, (at) => `a${at}: ${one}`, '')} }`, { from });
      trial.refused(
        `${count} log-ins in one request`,
        heard,
        'TOO_MANY_ALIASES',
        'QUERY_TOO_LONG',
        'PAYLOAD_TOO_LARGE',
      );
    }
    const viaFragment = await trial.ask(`mutation { ...f ...f } fragment f on Mutation { ${one} }`, { from });
    trial.refused('two log-ins by a fragment', viaFragment, 'TOO_MANY_ALIASES');
    const batch = await trial.send({
      body: JSON.stringify([{ query: `mutation { ${one} }` }, { query: `mutation { ${one} }` }]),
      from,
    });
    trial.refused('two log-ins in a batch', batch, 'BATCHING_DISABLED');

    const input = { loginId: `attack-${Date.now().toString(36)}`, password: 'a wrong password' };
    const answers = await Promise.all(
      Array.from({ length: guesses }, () => trial.ask(logIn, { variables: { input }, from: freshAddress() })),
    );
    const told = (code: string) => answers.filter(({ codes }) => codes.includes(code)).length;
    const checked = told('INVALID_CREDENTIALS');
    const held = told('LOGIN_BLOCKED') + told('OVERLOADED') + told('RATE_LIMITED');
    trial.holds(checked <= allowed, `${checked} of ${guesses} guesses were checked`);
    trial.holds(checked + held === guesses, `${guesses - checked - held} guesses were answered otherwise`);
    trial.refused(
      'the next guess',
      await trial.ask(logIn, { variables: { input }, from: freshAddress() }),
      'LOGIN_BLOCKED',
    );
    return `1,000 aliases, a fragment, a batch; ${guesses} guesses at once from as many addresses: ${checked} checked`;
  },
};

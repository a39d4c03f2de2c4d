import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import { valueAt, type Heard } from '../kit/trial.ts';

const refreshSession = /* GraphQL */ `
  mutation Refresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      ... on SessionRefreshed {
        tokens {
          accessToken
          refreshToken
        }
      }
    }
  }
`;
const atOnce = 10;
const tokenIn = ({ data }: Heard, name: 'accessToken' | 'refreshToken'): string | null => {
  const value = valueAt(data, 'refreshSession', 'tokens', name);
  return typeof value === 'string' ? value : null;
};

export const attack: Attack = {
  threat: 'T14',
  title: 'A refresh token brings one pair, and a stolen one ends its session',
  async run(target, trial) {
    const from = freshAddress();
    const renew = (refreshToken: string, by = from) =>
      trial.ask(refreshSession, { variables: { input: { refreshToken } }, from: by });
    const { access, refresh } = await target.logIn('testuser01');
    const answers = await Promise.all(Array.from({ length: atOnce }, () => renew(refresh)));
    const pairs = new Set(answers.map((heard) => tokenIn(heard, 'refreshToken')).filter((token) => token !== null));
    trial.holds(pairs.size === 1, `${atOnce} at once brought ${pairs.size} pairs`);
    const next = [...pairs][0] ?? '';
    const renewed = await renew(next);
    const last = tokenIn(renewed, 'accessToken') ?? '';
    trial.holds(last !== '', `the pair that was brought is no good: ${renewed.text.slice(0, 120)}`);
    trial.holds((await trial.ask(whoAmI, { token: last })).status === 200, 'the renewed session does not answer');

    trial.refused('the first token, played again', await renew(refresh, freshAddress()), 'REFRESH_TOKEN_REUSED');
    const newest = tokenIn(renewed, 'refreshToken') ?? '';
    trial.refused(
      'the newest token of a stolen family',
      await renew(newest),
      'REFRESH_TOKEN_INVALID',
      'REFRESH_TOKEN_REUSED',
    );
    const deadline = performance.now() + 5_500;
    let ended = await trial.ask(whoAmI, { token: last });
    while (ended.status === 200 && performance.now() < deadline) ended = await trial.ask(whoAmI, { token: last });
    trial.refused('the access token of a stolen family', ended, 'SESSION_REVOKED');
    const first = await trial.ask(whoAmI, { token: access });
    trial.refused('the first access token of it', first, 'SESSION_REVOKED');
    for (const guess of ['', 'x', refresh.slice(0, -1), `${refresh}x`, 'a'.repeat(5_000), access]) {
      const heard = await renew(guess);
      trial.holds(
        heard.codes.length > 0 && tokenIn(heard, 'accessToken') === null,
        `a guess is answered ${heard.status}`,
      );
    }
    return `${atOnce} refreshes at once: one pair; the spent token again: the whole session ended; six guesses`;
  },
};

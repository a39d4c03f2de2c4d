import { setTimeout as pause } from 'node:timers/promises';

import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';
import type { Target } from '../kit/target.ts';
import type { Trial } from '../kit/trial.ts';

const withinMs = 5_000;
const logOut = 'mutation ($input: LogoutInput!) { logout(input: $input) { __typename } }';
const betweenLooksMs = 250;

/** Signs out and looks how long the token goes on being answered, here and at every other gateway. */
async function revoke(target: Target, trial: Trial, gateways: readonly string[]): Promise<number> {
  const { access: token } = await target.logIn('testuser01');
  for (const url of gateways) {
    const before = await trial.ask(whoAmI, { token }, url);
    trial.holds(before.status === 200, `signed in, and answered ${before.status}`);
  }
  const out = await trial.ask(logOut, { token, variables: { input: { allSessions: false } } });
  trial.holds(out.status === 200, `the log-out is answered ${out.status}`);
  const since = performance.now();
  let answered = gateways;
  while (answered.length > 0 && performance.now() - since < withinMs + 1_000) {
    const looks = await Promise.all(
      answered.map(async (url) => ({ url, heard: await trial.ask(whoAmI, { token }, url) })),
    );
    answered = looks.filter(({ heard }) => heard.status === 200).map(({ url }) => url);
    if (answered.length > 0) await pause(betweenLooksMs);
  }
  const tookMs = performance.now() - since;
  trial.holds(
    answered.length === 0 && tookMs <= withinMs + betweenLooksMs,
    `a token was good for ${Math.round(tookMs)} ms after its session`,
  );
  return tookMs;
}

export const attack: Attack = {
  threat: 'T15',
  title: 'A session that has ended is over everywhere within 5 s, with and without Redis',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const gateways = [target.url, await own.gateway({ LOG_LEVEL: 'info' })];
    const withRedis = await revoke(target, trial, gateways);
    if (own.redis === null)
      return `two gateways: ${(withRedis / 1_000).toFixed(1)} s; this machine has no Redis to kill`;
    await own.redis.kill();
    try {
      const without = await revoke(target, trial, gateways);
      return `two gateways: ${(withRedis / 1_000).toFixed(1)} s; with Redis killed by kill -9: ${(without / 1_000).toFixed(1)} s`;
    } finally {
      await own.redis.start();
    }
  },
};

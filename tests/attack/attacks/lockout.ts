import type { Attack } from '../kit/attack.ts';
import { logIn } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';

const victim = { loginId: 'partner01', password: 'demo-password-31' };

export const attack: Attack = {
  threat: 'T16',
  title: 'Nobody is locked out of their own device by somebody else',
  isOnceOnly: true,
  async run(target, trial) {
    const { device } = await target.logIn(victim.loginId);
    const guess = (loginId: string, from: string) =>
      trial.ask(logIn, { variables: { input: { loginId, password: 'a wrong password' } }, from });
    const stranger = freshAddress();
    for (let nth = 0; nth < 5; nth += 1) await guess(victim.loginId, stranger);
    trial.refused('the sixth guess', await guess(victim.loginId, freshAddress()), 'LOGIN_BLOCKED');
    const elsewhere = await trial.ask(logIn, { variables: { input: victim }, from: freshAddress() });
    trial.refused('the right password from an unknown device', elsewhere, 'LOGIN_BLOCKED');
    trial.holds(Number(elsewhere.headers['retry-after']) > 0, 'nobody is told when to come back');
    trial.holds(device !== null, 'a log-in gives the device nothing to be known by');
    const own = await trial.ask(logIn, {
      variables: { input: { ...victim, deviceToken: device } },
      from: freshAddress(),
    });
    trial.holds(own.status === 200, `the victim’s own device is answered ${own.status} ${own.codes.join()}`);
    const forged = await trial.ask(logIn, {
      variables: { input: { ...victim, deviceToken: `${device ?? ''}x` } },
      from: freshAddress(),
    });
    trial.refused('a forged device', forged, 'LOGIN_BLOCKED', 'BAD_USER_INPUT');
    return 'five wrong passwords from elsewhere; then the right one from there, from the known device, from a forged one';
  },
};

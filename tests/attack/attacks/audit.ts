import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { terminalEnvironment } from '../../support/terminal-environment.ts';
import type { Attack } from '../kit/attack.ts';
import { logIn, whoAmI } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const count = `SELECT coalesce(sum(times) FILTER (WHERE stage = 'ENDED'), 0)::int AS records FROM audit_record`;
const rewritings = [
  `UPDATE audit_record SET outcome = 'OK'`,
  `UPDATE audit_record SET actor_user_id = NULL, subjects = '{}'`,
  'DELETE FROM audit_record',
  'TRUNCATE audit_record',
  'UPDATE audit_chain SET sequence = 1',
  'DELETE FROM audit_chain',
];

export const attack: Attack = {
  threat: 'T19',
  title: 'Whatever is asked about anybody is on record, refused or not, and no record is ever changed',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const url = await own.databaseUrl('gateway');
    const client = new pg.Client(url);
    await client.connect();
    try {
      const records = async () => Number((await client.query<{ records: number }>(count)).rows[0]?.records);
      const { access: token } = await target.logIn('testuser01');
      await pause(300);
      const before = await records();
      const from = freshAddress();
      const asked = [
        () => trial.ask(whoAmI, { token }),
        () => trial.ask('{ me { customer { lines { phoneNumber } } } }', { token }),
        () => trial.ask(whoAmI, { from }),
        () => trial.ask(whoAmI, { token: `${token}x`, from }),
        () => trial.ask('{ me { nothing } }', { token }),
        () => trial.ask('{ me {', { from }),
        () =>
          trial.ask('query ($id: ID!) { line(id: $id) { id phoneNumber } }', {
            token,
            variables: { id: 'ln_AAAAAAAAAAAAAAAAAAAAAA' },
          }),
        () =>
          trial.ask(logIn, { variables: { input: { loginId: 'attack-audit', password: 'a wrong password' } }, from }),
        () => trial.ask('{ heldProductOrders { totalCount } }', { token }),
      ];
      for (const ask of asked) await ask();
      const deadline = performance.now() + 5_000;
      while ((await records()) < before + asked.length && performance.now() < deadline) await pause(100);
      const written = (await records()) - before;
      trial.holds(written === asked.length, `${asked.length} requests, ${written} records`);
      for (const sql of rewritings) {
        const isRefused = await client.query(sql).then(
          () => false,
          () => true,
        );
        trial.holds(isRefused, `the database carries out: ${sql}`);
      }
    } finally {
      await client.end();
    }
    const verdict = spawnSync(process.execPath, ['--import', 'tsx', 'gateway/src/audit/command/main.ts', 'verify'], {
      cwd: root,
      env: { ...terminalEnvironment(), ...own.secrets, GATEWAY_DATABASE_URL: url },
      encoding: 'utf8',
      timeout: 60_000,
    });
    trial.holds(verdict.status === 0, `the chain does not verify: ${verdict.stdout}${verdict.stderr}`.slice(0, 300));
    return `nine requests, good and refused; ${rewritings.length} ways to rewrite; ${verdict.stdout.split('\n')[0] ?? ''}`;
  },
};

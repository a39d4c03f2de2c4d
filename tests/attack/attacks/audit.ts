import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { terminalEnvironment } from '../../support/terminal-environment.ts';
import type { Attack } from '../kit/attack.ts';
import { logIn, whoAmI } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import type { Asking } from '../kit/trial.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The name under which the nine come: others are refused meanwhile, and some of them are only counted a minute later. */
const program = 'attack-audit';
const count = `SELECT coalesce(sum(times), 0)::int AS records FROM audit_record
  WHERE stage = 'ENDED' AND client_name = '${program}'`;
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
      // one that has refused nobody yet, so that each refusal has a record of its own
      const fresh = await own.gateway({ RATE_LIMITS: '999' });
      const records = async () => Number((await client.query<{ records: number }>(count)).rows[0]?.records);
      const { access: token } = await target.logIn('testuser01');
      const before = await records();
      const from = freshAddress();
      const headers = { 'apollographql-client-name': program };
      const ask = (query: string, asking: Asking) => trial.ask(query, { ...asking, headers }, fresh);
      const asked = [
        () => ask(whoAmI, { token }),
        () => ask('{ me { customer { lines { phoneNumber } } } }', { token }),
        () => ask(whoAmI, { from }),
        () => ask(whoAmI, { token: `${token}x`, from }),
        () => ask('{ me { nothing } }', { token }),
        () => ask('{ me {', { from }),
        () =>
          ask('query ($id: ID!) { line(id: $id) { id phoneNumber } }', {
            token,
            variables: { id: 'ln_AAAAAAAAAAAAAAAAAAAAAA' },
          }),
        () => ask(logIn, { variables: { input: { loginId: 'attack-audit', password: 'a wrong password' } }, from }),
        () => ask('{ heldProductOrders { totalCount } }', { token }),
      ];
      for (const one of asked) await one();
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

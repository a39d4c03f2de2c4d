import { afterEach, describe, expect, it } from '@jest/globals';
import type { DatabaseName } from '../databases.ts';
import { projectOf } from '../databases.ts';
import { readMigrations } from '../migrations-folder.ts';
import { createTestDatabase } from '../testing.ts';
import { run } from '../testing/a-shop.ts';
import { readAfterRestore } from './after-restore.ts';

let drop: () => Promise<void>;
afterEach(() => drop());

/** What a restore finds when rows like these were in the backup. */
async function restoredWith(database: DatabaseName, rows: string): Promise<string> {
  const { folder } = projectOf(database);
  const migrations = await readMigrations(folder);
  const script = await readAfterRestore(
    folder,
    migrations.map(({ name }) => name),
  );
  if (script === null) throw new Error(`nothing is set right in ${database}`);
  const made = await createTestDatabase(database);
  drop = () => made.drop();
  await run(made.url, rows);
  await run(made.url, script);
  return made.url;
}

const order = (id: string, state: string, columns: Readonly<Record<string, string>>): string => `
  INSERT INTO product_order (id, external_id, user_id, fingerprint, customer_id, line_id, product_code_before,
                             product_code_after, requested_at, requested_date, state, ${Object.keys(columns).join(', ')})
  VALUES ('${id}', '${id}', 'user', '', 'customer', 'line of ${id}', 'A', 'B', '2026-01-01', '2026-01-01', '${state}',
          ${Object.values(columns).join(', ')});
  INSERT INTO order_step VALUES ('line of ${id}', 1, '${id}', 'REQUESTED', '2026-01-01');`;

describe('A restored product database', () => {
  it('says of no order that it was never sent: it may have been, after the backup', async () => {
    const settled = { sent_at: 'now()', settled_at: 'now()', effective_date: 'now()' };
    const url = await restoredWith(
      'product',
      order('open', 'REQUESTED', { due_at: `'2026-01-01'` }) + order('done', 'COMPLETED', settled),
    );
    expect(
      await run(
        url,
        `SELECT id, state, sent_at > now() - interval '1 minute' AS "isSentNow" FROM product_order ORDER BY id`,
      ),
    ).toEqual([
      { id: 'done', state: 'COMPLETED', isSentNow: true },
      { id: 'open', state: 'SENT', isSentNow: true },
    ]);
    expect(await run(url, 'SELECT order_id, sequence, state FROM order_step WHERE sequence > 1')).toEqual([
      { order_id: 'open', sequence: 2, state: 'SENT' },
    ]);
  });

  it('gives out no version of a line’s plan that was given out before, and shows no plan from before', async () => {
    const url = await restoredWith(
      'product',
      `INSERT INTO customer_line (line_id, sealed_line_number, product_version) VALUES ('line', '', 7);
       INSERT INTO kept_answer VALUES ('standing:line:7', '', now()), ('catalogue', '', now());`,
    );
    expect(await run(url, 'SELECT product_version AS version FROM customer_line')).toEqual([{ version: 1007 }]);
    expect(await run(url, 'SELECT question FROM kept_answer')).toEqual([{ question: 'catalogue' }]);
  });
});

describe('A restored auth database', () => {
  it('has no session that goes on, since some were ended after the backup, and says so in the history', async () => {
    const session = (id: string, until: string, ended: string): string =>
      `('${id}', 'somebody', false, now(), now(), ${until}, now() + interval '1 day', ${ended})`;
    const url = await restoredWith(
      'auth',
      `INSERT INTO account (id, login_id, password_hash, customer_id, role, password_changed_at, created_at)
         VALUES ('somebody', 'somebody', '', 'customer', 'CUSTOMER', now(), now());
       INSERT INTO session (id, account_id, is_auto_login, created_at, last_seen_at, live_until, expires_at, ended_at, end_reason)
         VALUES ${session('live', `now() + interval '1 hour'`, 'NULL, NULL')},
                ${session('idle', `now() - interval '1 hour'`, 'NULL, NULL')},
                ${session('over', `now() + interval '1 hour'`, `now(), 'LOGOUT'`)};`,
    );
    expect(await run(url, 'SELECT id, end_reason FROM session ORDER BY id')).toEqual([
      { id: 'idle', end_reason: null },
      { id: 'live', end_reason: 'REVOKED' },
      { id: 'over', end_reason: 'LOGOUT' },
    ]);
    expect(await run(url, 'SELECT session_id, account_id, kind, reason FROM login_history')).toEqual([
      { session_id: 'live', account_id: 'somebody', kind: 'LOGOUT', reason: 'REVOKED' },
    ]);
  });
});

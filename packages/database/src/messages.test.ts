import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { createTestDatabase } from './testing.ts';
import type { TestDatabase } from './testing/test-databases.ts';

const program = fileURLToPath(new URL('messages.ts', import.meta.url));

let databases: readonly TestDatabase[];
let product: pg.Pool;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  databases = await Promise.all([createTestDatabase('billing'), createTestDatabase('product')]);
  const [billingUrl = '', productUrl = ''] = databases.map(({ url }) => url);
  product = new pg.Pool({ connectionString: productUrl, max: 1 });
  environment = { BILLING_DATABASE_URL: billingUrl, PRODUCT_DATABASE_URL: productUrl };
});
afterAll(async () => {
  await product.end();
  for (const database of databases) await database.drop();
});

/** Runs the command as somebody types it. */
const run = (words: readonly string[], env = environment) =>
  new Promise<{ readonly exitCode: unknown; readonly said: string; readonly complained: string }>((resolve) => {
    const given = { ...process.env, ...env };
    execFile(process.execPath, ['--import', 'tsx', program, ...words], { env: given }, (error, said, complained) => {
      resolve({ exitCode: error?.code ?? 0, said, complained });
    });
  });

beforeEach(async () => {
  await product.query('TRUNCATE outbox_message, inbox_message');
  await product.query(
    `INSERT INTO inbox_message
       (consumer, id, topic, ordering_key, payload, attempts, created_at, received_at, due_at, settled_at, set_aside_reason)
     VALUES
       ('mvno-ap', 'told', 'product-order.settled', 'ln_a', '{"secret":1}', 1, now(), now(), now(), now(), NULL),
       ('mvno-ap', 'poison', 'product-order.settled', 'ln_a', '{"secret":2}', 5, now(), now(), now(),
        '2026-09-15T03:00:00Z', E'DeliveryRefused: answered\\n  with status 400'),
       ('customer-notice', 'poison', 'product-order.settled', 'ln_a', '{"secret":3}', 5, now(), now(), now(),
        '2026-09-15T04:00:00Z', 'TypeError: no such order'),
       ('mvno-ap', 'next', 'product-order.settled', 'ln_a', '{"secret":4}', 0, now(), now(), now(), NULL, NULL)`,
  );
  await product.query(
    `INSERT INTO outbox_message
       (id, topic, ordering_key, payload, attempts, created_at, due_at, settled_at, set_aside_reason)
     VALUES ('lost', 'nobody.cares', 'ln_b', '{"secret":5}', 5, now(), now(), '2026-09-15T02:00:00Z', 'UnroutableMessage')`,
  );
});

const rowsOf = async (where: string) => {
  const { rows } = await product.query<Record<string, unknown>>(
    `SELECT consumer, id, attempts, settled_at IS NULL AS "isPending", set_aside_reason AS "setAside",
            given_up_reason AS "givenUp"
     FROM inbox_message WHERE ${where} ORDER BY sequence`,
  );
  return rows;
};

describe('npm run messages', () => {
  it('lists what is set aside, where, since when and why, and nothing of what is in it', async () => {
    const { exitCode, said, complained } = await run(['list']);
    expect([exitCode, complained]).toEqual([0, '']);
    expect(said).toContain('billing: no message is set aside.');
    const lines = said.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(lines.slice(2, 6)).toEqual([
      ['id', 'topic', 'consumer', 'since', 'tries', 'reason'],
      ['lost', 'nobody.cares', 'outbox', '2026-09-15T02:00:00.000Z', '5', 'UnroutableMessage'],
      expect.arrayContaining(['poison', 'mvno-ap', '5', 'DeliveryRefused: answered with status 400']),
      expect.arrayContaining(['poison', 'customer-notice', '5', 'TypeError: no such order']),
    ]);
    expect(said).not.toMatch(/secret|told|next/);
  });

  it('puts a message back behind what waits of its line, for one consumer or for all', async () => {
    expect(await run(['retry', 'poison', '--consumer', 'mvno-ap', '--db', 'product'])).toEqual({
      exitCode: 0,
      said: 'product: poison will be tried again for mvno-ap.\n',
      complained: '',
    });
    expect(await rowsOf(`consumer = 'mvno-ap' AND settled_at IS NULL`)).toEqual([
      expect.objectContaining({ id: 'next' }),
      { consumer: 'mvno-ap', id: 'poison', attempts: 0, isPending: true, setAside: null, givenUp: null },
    ]);
    expect(await run(['retry', 'poison'])).toMatchObject({
      said: 'product: poison will be tried again for customer-notice.\n',
    });
    expect(await run(['retry', 'lost'])).toMatchObject({ exitCode: 0 });
    expect(await run(['list'])).toMatchObject({ said: expect.stringContaining('product: no message is set aside.') });
  });

  it('gives a message up and keeps the reason', async () => {
    expect(await run(['drop', 'poison', '--reason', 'told by telephone'])).toMatchObject({
      exitCode: 0,
      said: 'product: poison is given up for mvno-ap.\nproduct: poison is given up for customer-notice.\n',
    });
    expect(await rowsOf(`id = 'poison'`)).toEqual([
      expect.objectContaining({ isPending: false, givenUp: 'told by telephone', attempts: 5 }),
      expect.objectContaining({ isPending: false, givenUp: 'told by telephone' }),
    ]);
    expect(await run(['retry', 'poison'])).toMatchObject({ exitCode: 1 });
  });

  it.each([
    [['retry', 'told'], 1, /^No message told is set aside in billing or product\.\n$/],
    [['drop', 'nothing', '--reason', 'x', '--db', 'billing'], 1, /^No message nothing is set aside in billing\.\n$/],
    [['drop', 'poison'], 2, /^Say why it is given up, with --reason\.\n\nnpm run messages/],
    [['retry'], 2, /^Name a message by its id/],
    [['list', '--db', 'auth'], 2, /^--db takes billing or product\./],
    [['forget', 'poison'], 2, /^There is no command forget\./],
    [[], 2, /^Say what to do\./],
  ])('%j: says what is wrong and changes nothing', async (words, exitCode, complaint) => {
    const before = await rowsOf('true');
    const answer = await run(words);
    expect(answer).toMatchObject({ exitCode, said: '' });
    expect(answer.complained).toMatch(complaint);
    expect(await rowsOf('true')).toEqual(before);
  });

  it('says which address is missing', async () => {
    const answer = await run(['list'], { PRODUCT_DATABASE_URL: environment['PRODUCT_DATABASE_URL'] ?? '' });
    expect(answer).toMatchObject({ exitCode: 1, said: '' });
    expect(answer.complained).toMatch(/^Set BILLING_DATABASE_URL as well, or name the database with --db\.\n$/);
  });
});

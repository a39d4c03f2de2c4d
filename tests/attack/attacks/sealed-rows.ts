import pg from 'pg';

import type { Attack } from '../kit/attack.ts';
import { valueAt } from '../kit/trial.ts';

const question = '{ me { customer { lines { id phoneNumber } } } }';

interface Row {
  readonly id: string;
  readonly line_number_sealed: string;
}

export const attack: Attack = {
  threat: 'T29',
  title: 'What is sealed in one row cannot be read out of another, nor without the key',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const client = new pg.Client(await own.databaseUrl('auth'));
    await client.connect();
    const put = (row: Row, sealed: string) =>
      client.query('UPDATE customer_line SET line_number_sealed = $1 WHERE line_id = $2', [sealed, row.id]);
    try {
      const { access: token } = await target.logIn('testuser03');
      const before = await trial.ask(question, { token });
      const lines = valueAt(before.data, 'me', 'customer', 'lines');
      const ids = (Array.isArray(lines) ? lines : []).map((line) => valueAt(line, 'id'));
      const { rows } = await client.query<Row>(
        'SELECT line_id AS id, line_number_sealed FROM customer_line WHERE line_id = ANY($1) ORDER BY line_id',
        [ids],
      );
      const [first, second] = rows;
      if (first === undefined || second === undefined) throw new Error('testuser03 has fewer than two lines');
      trial.holds(
        rows.every(({ line_number_sealed: sealed }) => !sealed.includes('0101234')),
        'a number stands there in the clear',
      );
      trial.holds(
        new Set(rows.map(({ line_number_sealed: sealed }) => sealed)).size === rows.length,
        'two rows are sealed alike',
      );
      const numberOf = (data: unknown, id: string): unknown => {
        const all = valueAt(data, 'me', 'customer', 'lines');
        return valueAt(
          (Array.isArray(all) ? all : []).find((line) => valueAt(line, 'id') === id),
          'phoneNumber',
        );
      };
      try {
        await put(first, second.line_number_sealed);
        await put(second, first.line_number_sealed);
        const swapped = await trial.ask(question, { token });
        for (const [row, other] of [
          [first, second],
          [second, first],
        ] as const) {
          const isOthers = numberOf(swapped.data, row.id) === numberOf(before.data, other.id);
          trial.holds(!isOthers, 'the number of one line is shown as that of another');
        }
        trial.holds(swapped.codes.length > 0, 'nobody is told that a row was tampered with');
        await put(first, `${first.line_number_sealed.slice(0, -6)}AAAAA${first.line_number_sealed.slice(-1)}`);
        await put(second, second.line_number_sealed);
        const damaged = await trial.ask(question, { token });
        trial.holds(typeof numberOf(damaged.data, first.id) !== 'string', 'a changed row is opened');
      } finally {
        await put(first, first.line_number_sealed);
        await put(second, second.line_number_sealed);
      }
      const after = await trial.ask(question, { token });
      trial.holds(after.codes.length === 0, `put back, it is refused: ${after.codes.join()}`);
      return `two rows with each other’s ciphertext, one changed in five characters, ${rows.length} looked at`;
    } finally {
      await client.end();
    }
  },
};

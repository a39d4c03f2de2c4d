import pg from 'pg';

/** Rows like one that the services wrote, many times over; `set` holds SQL for what must differ, n being the number. */
interface Copies {
  readonly table: string;
  readonly times: number;
  readonly where?: string;
  readonly set: Readonly<Record<string, string>>;
}

const copyId = `'copy ' || n`;

const logins: readonly Copies[] = [
  { table: 'login_history', times: 500, set: { id: copyId } },
  { table: 'session', times: 500, set: { id: copyId, ended_at: 'now()', end_reason: `'LOGOUT'` } },
];

const inquiries: readonly Copies[] = [
  { table: 'bill_inquiry', times: 3_000, set: { id: copyId } },
  { table: 'kos_inquiry_history', times: 1_000, set: { inquiry_id: copyId } },
];

/** In an order in which no row comes before one that it refers to. */
const changes: readonly Copies[] = [
  { table: 'product_order', times: 500, set: { id: copyId, external_id: copyId } },
  { table: 'order_step', times: 500, where: 'TRUE', set: { order_id: copyId, sequence: 'original.sequence + 10 * n' } },
  { table: 'qualification', times: 500, set: { id: copyId } },
  { table: 'change_request', times: 500, set: { id: copyId, order_id: copyId, qualification_id: copyId } },
  {
    table: 'kos_call',
    times: 500,
    where: 'TRUE',
    set: { id: `original.id || ' ' || n`, subject_id: copyId, sequence: `nextval('kos_call_sequence_seq')` },
  },
  {
    table: 'outbox_message',
    times: 500,
    set: { id: copyId, sequence: `nextval('outbox_message_sequence_seq')`, settled_at: 'now()' },
  },
];

/**
 * Writes what half an hour leaves behind (500 log-ins, 3,000 looks at bills, 500 changes of plan with their rows), by
 * copying what the services have written for a first customer: this holds when a table gets another column.
 */
export async function fillForHalfAnHour(urls: Readonly<Record<'auth' | 'billing' | 'product', string>>): Promise<void> {
  await Promise.all([copyAll(urls.auth, logins), copyAll(urls.billing, inquiries), copyAll(urls.product, changes)]);
}

async function copyAll(url: string, all: readonly Copies[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const { table, times, where, set } of all) {
      const values = Object.entries(set).map(([column, sql]) => `'${column}', ${sql}`);
      const { rowCount } = await client.query(
        `INSERT INTO ${table}
         SELECT copy.* FROM (SELECT * FROM ${table} ${where === undefined ? 'LIMIT 1' : `WHERE ${where}`}) AS original
           CROSS JOIN generate_series(1, ${times}) AS n
           CROSS JOIN LATERAL jsonb_populate_record(CAST(original AS ${table}), jsonb_build_object(${values.join(', ')})) AS copy`,
      );
      if ((rowCount ?? 0) < times) throw new Error(`there was no row of ${table} to copy`);
    }
  });
}

/** The primary keys of a database's rows, by table. */
export type Keys = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads which rows a database has. */
export async function readKeys(url: string): Promise<Keys> {
  return await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string; columns: string }>(
      `SELECT i.indrelid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
         FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
         JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisprimary AND c.relname <> '_prisma_migrations'
        GROUP BY 1 ORDER BY 1`,
    );
    const found = new Map<string, ReadonlySet<string>>();
    for (const { name, columns } of tables) {
      const { rows } = await client.query<{ key: string }>(`SELECT ROW(${columns})::text AS key FROM ${name}`);
      found.set(name, new Set(rows.map(({ key }) => key)));
    }
    return found;
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, query_timeout: 20_000, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

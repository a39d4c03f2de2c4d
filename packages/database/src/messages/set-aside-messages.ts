import { empty, raw, sqltag as sql, type Sql } from '@prisma/client/runtime/client';
import type pg from 'pg';

/** A message that waits for people, told without its payload. */
export interface SetAsideMessage {
  readonly id: string;
  readonly topic: string;
  /** Who could not act on it; `outbox` when it was never published. */
  readonly consumer: string;
  readonly since: Date;
  readonly tries: number;
  readonly reason: string;
}

/** Which of the messages set aside; a message may be set aside by several consumers. */
export interface Choice {
  readonly id: string;
  readonly consumer: string | undefined;
}

const places = [
  { table: 'outbox_message', consumer: sql`'outbox'` },
  { table: 'inbox_message', consumer: sql`consumer` },
] as const;

const isSetAside = sql`set_aside_reason IS NOT NULL AND given_up_reason IS NULL`;

/** Oldest first. */
export async function listSetAside(client: pg.Client): Promise<readonly SetAsideMessage[]> {
  const [outbox, inbox] = places.map(
    ({ table, consumer }) => sql`
      SELECT id, topic, ${consumer} AS consumer, settled_at AS since, attempts AS tries, set_aside_reason AS reason
      FROM ${raw(table)} WHERE ${isSetAside}`,
  );
  const { rows } = await client.query<SetAsideMessage>(sql`${outbox} UNION ALL ${inbox} ORDER BY since, id`);
  return rows;
}

/** Makes a message due again with all its tries, behind what waits of its key; answers the consumers it goes to. */
export const putBack = (client: pg.Client, choice: Choice): Promise<readonly string[]> =>
  change(
    client,
    choice,
    (table) => sql`
      settled_at = NULL, set_aside_reason = NULL, attempts = 0, due_at = now(),
      sequence = nextval(pg_get_serial_sequence(${table}, 'sequence'))`,
  );

/** Gives a message up and keeps why; answers the consumers that will not get it. */
export const giveUp = (client: pg.Client, choice: Choice, reason: string): Promise<readonly string[]> =>
  change(client, choice, () => sql`settled_at = now(), given_up_reason = ${reason}`);

async function change(
  client: pg.Client,
  { id, consumer }: Choice,
  changesIn: (table: string) => Sql,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const place of places) {
    const isChosen = consumer === undefined ? empty : sql`AND ${place.consumer} = ${consumer}`;
    const { rows } = await client.query<{ consumer: string }>(sql`
      UPDATE ${raw(place.table)} SET ${changesIn(place.table)}
      WHERE id = ${id} AND ${isSetAside} ${isChosen} RETURNING ${place.consumer} AS consumer`);
    changed.push(...rows.map((row) => row.consumer));
  }
  return changed;
}

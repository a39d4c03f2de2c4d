import { parseArgs } from 'node:util';

import type { Choice } from './set-aside-messages.ts';

export const databasesWithMessages = ['billing', 'product'] as const;

/** What was typed after `npm run messages --`. */
export type Command = { readonly databases: readonly (typeof databasesWithMessages)[number][] } & (
  | { readonly kind: 'list' }
  | { readonly kind: 'retry'; readonly choice: Choice }
  | { readonly kind: 'drop'; readonly choice: Choice; readonly reason: string }
);

/** What was typed means nothing; the message says why, in a sentence. */
export class CommandMisread extends Error {
  override readonly name = 'CommandMisread';
}

export const usage = `npm run messages -- list
npm run messages -- retry ID [--consumer NAME]
npm run messages -- drop ID --reason TEXT [--consumer NAME]
  --db billing|product   only this database`;

/** Reads a command line. Throws CommandMisread. */
export function readCommand(words: readonly string[]): Command {
  const { values, positionals } = parse(words);
  const { db, consumer, reason } = values;
  const [kind, id, ...more] = positionals;
  const databases = databasesWithMessages.filter((name) => db === undefined || name === db);
  if (databases.length === 0) throw misread(`--db takes ${databasesWithMessages.join(' or ')}.`);
  if (more.length > 0) throw misread('One message at a time.');

  switch (kind) {
    case 'list':
      if (id !== undefined) throw misread('list takes no id.');
      return { kind, databases };
    case 'retry':
      return { kind, databases, choice: { id: named(id), consumer } };
    case 'drop':
      if (reason === undefined || reason.trim() === '') throw misread('Say why it is given up, with --reason.');
      return { kind, databases, choice: { id: named(id), consumer }, reason };
    case undefined:
      throw misread('Say what to do.');
    default:
      throw misread(`There is no command ${kind}.`);
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { db: { type: 'string' }, consumer: { type: 'string' }, reason: { type: 'string' } },
    });
  } catch (error) {
    throw misread(error instanceof Error ? error.message : 'Not understood.');
  }
}

function named(id: string | undefined): string {
  if (id === undefined) throw misread('Name a message by its id, as `list` shows it.');
  return id;
}

const misread = (sentence: string): CommandMisread => new CommandMisread(sentence);

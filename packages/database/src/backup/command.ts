import { parseArgs } from 'node:util';
import type { DatabaseName } from '../databases.ts';
import { databaseNames } from '../databases.ts';
import { EmbeddedPostgresError } from '../embedded-postgres.ts';
import { BackupRefused } from './backup-refused.ts';

/** What was typed after `npm run backup --` or `npm run restore --`. */
export interface Command {
  readonly folder: string | undefined;
  /** As named by --db; undefined: not said. */
  readonly databases: readonly DatabaseName[] | undefined;
  readonly keep: number | undefined;
  readonly mayReplace: boolean;
}

/** Reads a command line. Throws BackupRefused for one that means nothing. */
export function readCommand(words: readonly string[], options: { readonly usage: string }): Command {
  const { values, positionals } = parse(words, options.usage);
  const databases = values.db?.flatMap((list) => list.split(',')).map((name) => databaseNamed(name));
  const keep = values.keep === undefined ? undefined : Number(values.keep);
  if (keep !== undefined && !(Number.isSafeInteger(keep) && keep > 0)) {
    throw new BackupRefused('--keep takes how many backups to keep, at least 1.');
  }
  if (positionals.length > 1) throw new BackupRefused(`One folder only: ${options.usage}`);
  return { folder: positionals[0], databases, keep, mayReplace: values.replace };
}

function parse(words: readonly string[], usage: string) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        db: { type: 'string', multiple: true },
        keep: { type: 'string' },
        replace: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new BackupRefused(`Not understood: ${usage}`, { cause });
  }
}

function databaseNamed(name: string): DatabaseName {
  const found = databaseNames.find((each) => each === name);
  if (found === undefined) throw new BackupRefused(`--db takes ${databaseNames.join(', ')}, and not ${name}.`);
  return found;
}

/** Failures that a sentence explains; for anything else the stack helps more. */
export const isExplained = (error: unknown): error is Error =>
  error instanceof BackupRefused || error instanceof EmbeddedPostgresError;

/** Runs a command and answers the exit code of the process. */
export async function runCommand(command: () => Promise<void>): Promise<number> {
  try {
    await command();
    return 0;
  } catch (error) {
    console.error(isExplained(error) ? error.message : error);
    return 1;
  }
}

/** Rows of text in columns, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join('  ')}`).join('\n');
}

import type { DatabaseName } from '../databases.ts';
import { databaseNames } from '../databases.ts';
import { BackupRefused } from './backup-refused.ts';

/** Raised whenever an older program could misread what a newer one writes. */
const formatVersion = 1;

export interface AppliedMigration {
  readonly name: string;
  /** SHA-256 of its script, as Prisma records it. */
  readonly checksum: string;
}

export interface BackedUpTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Of the file as it lies on the disk. */
  readonly sha256: string;
}

export interface SequenceValue {
  readonly name: string;
  /** A bigint in decimal digits. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** What a backup of one database says of itself. */
export interface Manifest {
  readonly formatVersion: typeof formatVersion;
  readonly database: DatabaseName;
  /** When the snapshot was taken, by the clock of the database server. */
  readonly takenAt: string;
  readonly postgresVersion: string;
  readonly migrations: readonly AppliedMigration[];
  /** In an order in which no row comes before one that it refers to. */
  readonly tables: readonly BackedUpTable[];
  readonly sequences: readonly SequenceValue[];
}

export const writeManifest = (content: Omit<Manifest, 'formatVersion'>): string =>
  `${JSON.stringify({ formatVersion, ...content }, null, 2)}\n`;

/** Reads a manifest; `place` names it in what is said when it cannot be used. */
export function readManifest(text: string, place: string): Manifest {
  const content = parse(text, place);
  const version = isRecord(content) ? content['formatVersion'] : undefined;
  if (typeof version === 'number' && version !== formatVersion) {
    throw new BackupRefused(
      `${place} is in format ${version}, and this program reads format ${formatVersion}: use the version that wrote it.`,
    );
  }
  if (!isManifest(content)) throw new BackupRefused(`${place} is not the manifest of a backup.`);
  return content;
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BackupRefused(`${place} is damaged: it is not JSON.`, { cause });
  }
}

/** Names become parts of SQL and of file names: nothing but what migrations of ours use passes. */
export const isPlainName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isSha256 = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isArrayOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);

const isMigration = (value: unknown): boolean =>
  isRecord(value) && isText(value['name']) && isSha256(value['checksum']);
const isTable = (value: unknown): boolean =>
  isRecord(value) &&
  isPlainName(value['name']) &&
  isArrayOf(value['columns'], isPlainName) &&
  Number.isSafeInteger(value['rows']) &&
  isSha256(value['sha256']);
const isSequence = (value: unknown): boolean =>
  isRecord(value) &&
  isPlainName(value['name']) &&
  isText(value['lastValue']) &&
  /^-?\d{1,19}$/.test(value['lastValue']) &&
  typeof value['isCalled'] === 'boolean';

const isManifest = (value: unknown): value is Manifest =>
  isRecord(value) &&
  databaseNames.some((name) => name === value['database']) &&
  isText(value['takenAt']) &&
  isText(value['postgresVersion']) &&
  isArrayOf(value['migrations'], isMigration) &&
  isArrayOf(value['tables'], isTable) &&
  isArrayOf(value['sequences'], isSequence);

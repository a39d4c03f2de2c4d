import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseName } from '../databases.ts';
import { databaseNames } from '../databases.ts';
import { BackupRefused } from './backup-refused.ts';
import { removeFolder, renameDurably, writePrivateFile } from './durable-files.ts';
import type { Manifest } from './manifest.ts';
import { readManifest, writeManifest } from './manifest.ts';

/** A folder is a backup once it is named for its moment; until then it is called unfinished. */
const momentPattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;
const unfinished = 'unfinished-';
const dayMs = 86_400_000;

export const momentName = (moment: Date): string => moment.toISOString().replaceAll(':', '-');
export const unfinishedName = (moment: Date): string => `${unfinished}${momentName(moment)}-${process.pid}`;

const manifestFile = 'manifest.json';
/** In the form that `sha256sum --check` reads. */
const checksumFile = 'manifest.json.sha256';
const checksumLine = (text: string): string => `${createHash('sha256').update(text).digest('hex')}  ${manifestFile}\n`;

/** Writes the manifest of one database: the last of its files, since it says that the others are there. */
export async function sealDatabaseFolder(folder: string, content: Omit<Manifest, 'formatVersion'>): Promise<void> {
  const text = writeManifest(content);
  await writePrivateFile(path.join(folder, manifestFile), text);
  await writePrivateFile(path.join(folder, checksumFile), checksumLine(text));
}

/** Reads the manifest of one database and makes sure that it is as it was written. */
export async function readDatabaseFolder(backup: string, database: DatabaseName): Promise<Manifest> {
  const folder = path.join(backup, database);
  const place = path.join(folder, manifestFile);
  const [text, checksum] = await Promise.all([
    readFile(place, 'utf8'),
    readFile(path.join(folder, checksumFile), 'utf8'),
  ]);
  const manifest = readManifest(text, place);
  if (checksum !== checksumLine(text)) throw new BackupRefused(`${place} is damaged: its checksum does not fit.`);
  if (manifest.database !== database) {
    throw new BackupRefused(`${folder} holds the ${manifest.database} database under another's name.`);
  }
  return manifest;
}

/** The databases that are in a backup. Rejects when `folder` is none, and says what it is instead. */
export async function databasesIn(folder: string): Promise<readonly DatabaseName[]> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw new BackupRefused(`${folder} is no folder that can be read.`, { cause });
  });
  if (path.basename(path.resolve(folder)).startsWith(unfinished)) {
    throw new BackupRefused(`${folder} was never finished: it is no backup.`);
  }
  const found = databaseNames.filter((name) => entries.includes(name));
  if (found.length > 0) return found;
  const newest = entries
    .filter((entry) => momentPattern.test(entry))
    .sort()
    .at(-1);
  throw new BackupRefused(
    newest === undefined
      ? `There is no backup in ${folder}.`
      : `${folder} holds several backups: name one of them, such as ${path.join(folder, newest)}.`,
  );
}

/**
 * Removes backups once `keep` newer ones hold each of their databases, so that many of one database never push out the
 * only ones of another. Answers their names.
 */
export async function pruneBackups(folder: string, keep: number): Promise<readonly string[]> {
  const moments = (await readdir(folder)).filter((entry) => momentPattern.test(entry));
  const newer = new Map<string, number>();
  const removed: string[] = [];
  for (const moment of moments.sort().reverse()) {
    const held = (await readdir(path.join(folder, moment))).filter((name) => databaseNames.some((one) => one === name));
    if (held.every((name) => (newer.get(name) ?? 0) >= keep)) {
      await removeBackup(folder, moment);
      removed.push(moment);
    }
    for (const name of held) newer.set(name, (newer.get(name) ?? 0) + 1);
  }
  return removed;
}

/** Under its new name it is no backup any more, also when the rest is never reached. */
async function removeBackup(folder: string, moment: string): Promise<void> {
  const doomed = path.join(folder, `${unfinished}${moment}`);
  await renameDurably(path.join(folder, moment), doomed);
  await removeFolder(doomed);
}

/** Removes what killed runs have left; one that another machine writes just now is younger than a day. */
export async function removeAbandoned(folder: string, now: Date): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(unfinished)) continue;
    const { mtimeMs } = await stat(path.join(folder, entry));
    if (now.getTime() - mtimeMs > dayMs) await removeFolder(path.join(folder, entry));
  }
}

import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from '../processes/supervised-process.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isReachable } from './reachable.ts';

/** `nobody` on every common system; PostgreSQL refuses to run as root. */
const unprivileged: ProcessIdentity = { uid: 65534, gid: 65534 };

/** The owner works in it, others may pass through it: the cluster inside guards itself. */
const passable = 0o711;

export interface ServerFolder {
  readonly path: string;
  /** Whom the server runs as; undefined: as ourselves. */
  readonly identity: ProcessIdentity | undefined;
}

export interface ServerFolderOptions {
  readonly folder: string;
  /** Where root keeps the database when the unprivileged user cannot enter `folder`, as under /root. */
  readonly refuge: string;
  readonly say: (message: string) => void;
}

/** Makes the folder that will hold the cluster, one that the user whom the server runs as can enter. */
export async function prepareServerFolder({ folder, refuge, say }: ServerFolderOptions): Promise<ServerFolder> {
  await mkdir(folder, { recursive: true });
  const home = await realpath(folder);
  if (process.getuid?.() !== 0) return { path: home, identity: undefined };

  await chmod(home, passable);
  const signpost = path.join(home, 'kept-elsewhere');
  const elsewhere = await readFile(signpost, 'utf8').catch(() => undefined);
  if (elsewhere === undefined && (await isReachable(home, unprivileged))) return await ownedFolder(home);

  const chosen = elsewhere?.trim() ?? path.join(refuge, randomBytes(8).toString('hex'));
  await makeRefuge(chosen);
  // The way there is written in the folder itself, so that removing that folder still means starting afresh.
  await writeFile(signpost, `${chosen}\n`);
  say(`PostgreSQL cannot run as root and an ordinary user cannot enter ${home}: the database is kept in ${chosen}`);
  return await ownedFolder(chosen);
}

async function makeRefuge(chosen: string): Promise<void> {
  await mkdir(chosen, { recursive: true });
  await chmod(path.dirname(chosen), passable);
  await chmod(chosen, passable);
  if (await isReachable(chosen, unprivileged)) return;
  throw new EmbeddedPostgresError(
    'FOLDER_UNUSABLE',
    `PostgreSQL cannot run as root, and an ordinary user cannot enter ${chosen} either; ` +
      'move the project to a folder that others may enter, such as /srv.',
  );
}

/** A cluster made earlier, perhaps by an ordinary user, goes on being run by its owner. */
async function ownedFolder(home: string): Promise<ServerFolder> {
  const owner = await stat(path.join(home, 'cluster')).catch(() => undefined);
  const isOrdinary = owner !== undefined && owner.uid !== 0;
  return { path: home, identity: isOrdinary ? { uid: owner.uid, gid: owner.gid } : unprivileged };
}

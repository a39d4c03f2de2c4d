import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from '../processes/supervised-process.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isReachable } from './reachable.ts';
import { findRefuge, passable, readSignpost } from './refuge.ts';

/** `nobody` on every common system; PostgreSQL refuses to run as root. */
const unprivileged: ProcessIdentity = { uid: 65534, gid: 65534 };

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
  const isKeptHere = (await readSignpost(home)) === undefined && (await isReachable(home, unprivileged));
  if (isKeptHere) return await ownedFolder(home);

  const elsewhere = await findRefuge(home, refuge);
  if (!(await isReachable(elsewhere, unprivileged))) {
    throw new EmbeddedPostgresError(
      'FOLDER_UNUSABLE',
      `PostgreSQL cannot run as root, and an ordinary user can enter neither ${home} nor ${elsewhere}; ` +
        'move the project to a folder that others may enter, such as /srv.',
    );
  }
  say(`PostgreSQL cannot run as root and an ordinary user cannot enter ${home}: the database is kept in ${elsewhere}`);
  return await ownedFolder(elsewhere);
}

/** A cluster made earlier, perhaps by an ordinary user, goes on being run by its owner. */
async function ownedFolder(home: string): Promise<ServerFolder> {
  const owner = await stat(path.join(home, 'cluster')).catch(() => undefined);
  const isOrdinary = owner !== undefined && owner.uid !== 0;
  return { path: home, identity: isOrdinary ? { uid: owner.uid, gid: owner.gid } : unprivileged };
}

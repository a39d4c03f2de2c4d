import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The owner works in it, others may pass through it: the cluster inside guards itself. */
export const passable = 0o711;

/**
 * The folder outside `home` where the database of `home` is kept, made on the first call. The way there is
 * written in `home`, so that removing that folder still means starting afresh.
 */
export async function findRefuge(home: string, refuge: string): Promise<string> {
  const known = await readSignpost(home);
  if (known !== undefined && existsSync(known)) return known;
  await mkdir(refuge, { recursive: true });
  await removeOrphans(refuge);
  const chosen = path.join(refuge, randomBytes(8).toString('hex'));
  await mkdir(chosen);
  await Promise.all([chmod(refuge, passable), chmod(chosen, passable)]);
  const { dev } = await stat(home);
  // In this order: at no moment does it look like one whose project is gone.
  await writeFile(path.join(home, signpost), `${chosen}\n`);
  await writeFile(path.join(chosen, ownerFile), `${dev}\n${home}\n`);
  return chosen;
}

const signpost = 'kept-elsewhere';
const ownerFile = 'kept-for';

/** Where the database of `home` is kept, if it is not in `home` itself. */
export async function readSignpost(home: string): Promise<string | undefined> {
  const text = await readFile(path.join(home, signpost), 'utf8').catch(() => undefined);
  return text?.trim();
}

/** Removes the databases whose project is gone, as their owner would have, had they lain inside it. */
async function removeOrphans(refuge: string): Promise<void> {
  for (const entry of await readdir(refuge)) {
    const kept = path.join(refuge, entry);
    const [device, home] = (await readFile(path.join(kept, ownerFile), 'utf8').catch(() => '')).split('\n');
    if (home === undefined || (await readSignpost(home)) === kept) continue;
    // A folder on a disk that is not mounted just now only seems to be gone.
    if ((await deviceOf(home)) === device) await rm(kept, { recursive: true, force: true });
  }
}

/** The device of a folder, or of what is left of the way to it. */
async function deviceOf(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  return found === undefined ? await deviceOf(path.dirname(folder)) : String(found.dev);
}

import type { DatabaseName } from '../databases.ts';
import { dropDatabase, ensureDatabase } from '../ensure-database.ts';
import { allEnded } from './all-ended.ts';
import { BackupRefused, explained } from './backup-refused.ts';
import type { LoadedDatabase, RestoredTable } from './load-database.ts';
import { loadDatabase } from './load-database.ts';
import { makeTables } from './make-tables.ts';
import type { WholeBackup } from './open-backup.ts';
import type { RestoreTarget } from './restore-target.ts';
import { alone, draftOf, inspectTarget, takePlace } from './restore-target.ts';
import type { DatabaseAddress } from './take-backup.ts';

export interface RestoredDatabase {
  readonly name: DatabaseName;
  readonly takenAt: string;
  readonly tables: readonly RestoredTable[];
  /** What was set right in the restored rows, such as UPDATE 3. */
  readonly setRight: readonly string[];
  /** The database that has the rows which stood in its place; null when there were none. */
  readonly replaced: string | null;
}

interface Restoration {
  readonly backup: WholeBackup;
  readonly target: RestoreTarget;
}

/**
 * Restores databases out of an opened backup. Each is built whole under another name first, and only when all are does
 * one after the other take its place: until then nothing has changed. Rejects with BackupRefused.
 */
export async function restoreBackup(of: {
  readonly backups: readonly WholeBackup[];
  /** Where to, one for each backup. */
  readonly databases: readonly DatabaseAddress[];
  readonly mayReplace: boolean;
  readonly now: Date;
}): Promise<readonly RestoredDatabase[]> {
  const restorations = await allEnded(of.backups.map((backup) => prepare(backup, of)));
  const work = async (): Promise<readonly RestoredDatabase[]> => {
    try {
      const loaded = await allEnded(
        restorations.map(async (restoration) => ({ ...restoration, loaded: await build(restoration) })),
      );
      return await takePlaces(loaded, of.now);
    } finally {
      // Those that have taken their place have another name by now.
      await Promise.all(restorations.map(({ target }) => dropDatabase(draftOf(target).url)));
    }
  };
  const undisturbed = restorations.reduceRight(
    (next, { target, backup }) =>
      () =>
        alone(target, backup.manifest.database, next),
    work,
  );
  return await explained('The databases could not be restored', undisturbed);
}

async function prepare(
  backup: WholeBackup,
  to: { readonly databases: readonly DatabaseAddress[]; readonly mayReplace: boolean },
): Promise<Restoration> {
  const { database } = backup.manifest;
  const url = to.databases.find(({ name }) => name === database)?.url;
  if (url === undefined) throw new BackupRefused(`There is no address for the ${database} database.`);
  const target = await explained(`The place of the ${database} database cannot be looked at`, () =>
    inspectTarget(database, { url, mayReplace: to.mayReplace }),
  );
  return { backup, target };
}

/** What a restore that was killed has left under the name goes first. */
async function build({ backup, target }: Restoration): Promise<LoadedDatabase> {
  const { url } = draftOf(target);
  return await explained(`The ${backup.manifest.database} database could not be restored`, async () => {
    await dropDatabase(url);
    await ensureDatabase(url);
    await makeTables(backup, url);
    return await loadDatabase(backup, url);
  });
}

async function takePlaces(
  restorations: readonly (Restoration & { readonly loaded: LoadedDatabase })[],
  now: Date,
): Promise<readonly RestoredDatabase[]> {
  const done: RestoredDatabase[] = [];
  for (const { backup, target, loaded } of restorations) {
    const { database: name, takenAt } = backup.manifest;
    const before = [`The ${name} database could not be put in its place`, ...done.map((each) => `${each.name} is`)];
    const replaced = await explained(before.join(', '), () => takePlace(target, name, now));
    done.push({ name, takenAt, ...loaded, replaced });
  }
  return done;
}

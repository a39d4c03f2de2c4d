import path from 'node:path';
import { BackupRefused } from './backup/backup-refused.ts';
import { readCommand, runCommand, table } from './backup/command.ts';
import { withDatabases } from './backup/find-databases.ts';
import { openBackup } from './backup/open-backup.ts';
import { restoreBackup } from './backup/restore-backup.ts';

const usage = 'npm run restore -- FOLDER [--db auth|billing|product|gateway] [--replace]';

process.exitCode = await runCommand(async () => {
  const { folder, databases, mayReplace } = readCommand(process.argv.slice(2), { usage });
  if (folder === undefined) throw new BackupRefused(`Name the backup: ${usage}`);
  const backups = await openBackup({ folder: path.resolve(folder), databases });
  const only = backups.map(({ manifest }) => manifest.database);
  const restored = await withDatabases(
    { environment: process.env, only, mayMake: true, say: console.log },
    (addresses) => restoreBackup({ backups, databases: addresses, mayReplace, now: new Date() }),
  );

  const figure = (rows: number): string => rows.toLocaleString('en');
  for (const { name, takenAt, tables, setRight, replaced } of restored) {
    const rows = tables.map((each) => [
      each.name,
      ...[each.inBackup, each.restored, each.inBackup - each.restored].map(figure),
    ]);
    console.log(`\n${name}, as of ${takenAt}\n${table([['table', 'in backup', 'restored', 'missing'], ...rows])}`);
    if (setRight.length > 0) console.log(`  Set right by its after-restore.sql: ${setRight.join(', ')}.`);
    if (replaced !== null)
      console.log(`  What stood in its place is kept as database ${replaced}: drop it once you are sure.`);
  }
  console.log(
    '\nWhat was written after the backup is not in it: docs/operations.md says what that means for each database,',
  );
  console.log('and what to look at before the services start again.');
});

import path from 'node:path';
import { pruneBackups } from './backup/backup-folder.ts';
import { readCommand, runCommand, table } from './backup/command.ts';
import { dataFolder, withDatabases } from './backup/find-databases.ts';
import { takeBackup } from './backup/take-backup.ts';
import { databaseNames } from './databases.ts';

const usage = 'npm run backup -- [FOLDER] [--db auth|billing|product|gateway] [--keep N]';

process.exitCode = await runCommand(async () => {
  const command = readCommand(process.argv.slice(2), { usage });
  const folder = path.resolve(command.folder ?? path.join(dataFolder(process.env), 'backups'));
  const backup = await withDatabases(
    { environment: process.env, only: command.databases ?? databaseNames, mayMake: false, say: console.log },
    (databases) => takeBackup({ databases, folder, now: new Date() }),
  );

  for (const { name, takenAt, tables } of backup.databases) {
    const rows = tables.map((each) => [each.name, each.rows.toLocaleString('en')]);
    console.log(`\n${name}, as of ${takenAt}\n${table([['table', 'rows'], ...rows])}`);
  }
  console.log(`\nBacked up to ${backup.folder}.`);
  console.log('It holds personal data, and not the keys: sealed columns stay closed without FIELD_ENCRYPTION_KEYS,');
  console.log('and log-ins need PASSWORD_PEPPER. Keep the secrets, and keep them somewhere else.');

  if (command.keep === undefined) return;
  const removed = await pruneBackups(folder, command.keep);
  if (removed.length > 0) console.log(`Removed older ones: ${removed.join(', ')}.`);
});

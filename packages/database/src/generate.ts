import { databaseNames, projectOf } from './databases.ts';
import { runPrisma } from './prisma-cli.ts';

// npm run generate: the Prisma client of every database, into the service that owns it.
const runs = databaseNames.map(async (database) => {
  const { exitCode, output } = await runPrisma({ project: projectOf(database), args: ['generate', '--no-hints'] });
  if (exitCode !== 0) throw new Error(`The client of the ${database} database was not generated:\n${output}`);
});
for (const outcome of await Promise.allSettled(runs)) {
  if (outcome.status === 'fulfilled') continue;
  console.error(outcome.reason instanceof Error ? outcome.reason.message : outcome.reason);
  process.exitCode = 1;
}

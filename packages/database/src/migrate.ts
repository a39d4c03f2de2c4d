import { deployMigrations } from './apply-migrations.ts';
import type { DatabaseProject } from './databases.ts';
import { databaseNames, projectOf } from './databases.ts';
import { runPrismaInTerminal } from './prisma-cli.ts';

// npm run migrate -- [auth|billing|product|gateway|all] [deploy | status | dev --name x | resolve … | diff … | seed]
const words = process.argv.slice(2);
const named = databaseNames.find((name) => name === words[0]);
const projects = (named === undefined ? databaseNames : [named]).map(projectOf);
const [command = 'deploy', ...options] = named === undefined && words[0] !== 'all' ? words : words.slice(1);

const missing = projects.map(({ urlVariable }) => urlVariable).filter((variable) => !process.env[variable]);
if (missing.length > 0) {
  console.error(`Set ${missing.join(', ')} to the address of the database to migrate.`);
  process.exitCode = 1;
} else {
  process.exitCode = command === 'deploy' ? await deployAll() : await runOneByOne();
}

async function deployAll(): Promise<number> {
  return Math.max(...(await Promise.all(projects.map(deploy))));
}

async function deploy(project: DatabaseProject): Promise<number> {
  try {
    console.log(`${project.name}: ${await deployMigrations(project, process.env[project.urlVariable] ?? '')}`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function runOneByOne(): Promise<number> {
  const group = command === 'seed' ? 'db' : 'migrate';
  for (const project of projects) {
    const exitCode = await runPrismaInTerminal({ project, args: [group, command, ...options] });
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

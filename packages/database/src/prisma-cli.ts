import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DatabaseProject } from './databases.ts';
import { repositoryFolder } from './databases.ts';

const runWithinMs = 300_000;

export interface PrismaRun {
  readonly project: DatabaseProject;
  /** As typed after `prisma`, without --config. */
  readonly args: readonly string[];
  /** Left out, the address is read from the project's own environment variable. */
  readonly url?: string;
}

export interface PrismaOutcome {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the official Prisma command line for one database and collects what it prints. */
export async function runPrisma(run: PrismaRun): Promise<PrismaOutcome> {
  const child = spawn(process.execPath, commandLine(run), {
    cwd: repositoryFolder,
    env: environment(run),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runWithinMs,
  });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { exitCode: child.exitCode ?? 1, output: `${stdout}${stderr}` };
}

/** Runs the official Prisma command line on our own terminal, so that it can ask; returns its exit code. */
export async function runPrismaInTerminal(run: PrismaRun): Promise<number> {
  const child = spawn(process.execPath, commandLine(run), {
    cwd: repositoryFolder,
    env: environment(run),
    stdio: 'inherit',
  });
  await once(child, 'close');
  return child.exitCode ?? 1;
}

function commandLine({ project, args }: PrismaRun): string[] {
  const prisma = fileURLToPath(import.meta.resolve('prisma/package.json'));
  return [
    path.resolve(prisma, '../build/index.js'),
    ...args,
    '--config',
    path.join(project.folder, 'prisma.config.ts'),
  ];
}

const standInEngine = fileURLToPath(new URL('../bin/schema-engine', import.meta.url));

function environment({ project, url }: PrismaRun): NodeJS.ProcessEnv {
  return {
    // Prisma would download its native engine; the stand-in needs no network. A native one, where named, goes first.
    PRISMA_SCHEMA_ENGINE_BINARY: standInEngine,
    ...process.env,
    // The stand-in is started by its first line, which looks for `node` on the path: let it find this one.
    PATH: [path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...(url !== undefined && { [project.urlVariable]: url }),
  };
}

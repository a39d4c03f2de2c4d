import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasDocker = (environment: NodeJS.ProcessEnv): Promise<boolean> =>
  succeeds(environment, 'docker', ['info']);

/** Installs a package of Debian or Ubuntu, and starts no service; false when this machine or user cannot. */
export async function installPackage(environment: NodeJS.ProcessEnv, name: string): Promise<boolean> {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return false;
  const quietly = { ...environment, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await succeeds(quietly, 'apt-get', ['update']);
  return await succeeds(quietly, 'apt-get', ['install', '--yes', '--no-install-recommends', name]);
}

const succeeds = (environment: NodeJS.ProcessEnv, command: string, args: readonly string[]): Promise<boolean> =>
  run(command, args, { timeout: 300_000, env: environment }).then(
    () => true,
    () => false,
  );

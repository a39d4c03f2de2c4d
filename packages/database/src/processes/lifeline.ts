import { spawn } from 'node:child_process';

// `read` returns at the end of its input, which is when the process holding the other end is gone.
const script = 'read -r _; kill -s "$1" "$2"';

/**
 * Sends `signal` to process `pid` when this process ends, however it ends: a shell waits on a pipe that
 * the operating system closes with us. Release it once that process is gone, as its number may be reused.
 */
export function holdLifeline(pid: number, signal: NodeJS.Signals): { release(): void } {
  const watcher = spawn('/bin/sh', ['-c', script, 'lifeline', signal.replace('SIG', ''), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  // Without a shell there is no lifeline; stopping in the ordinary way still works.
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  return {
    release: () => {
      watcher.kill('SIGKILL');
    },
  };
}

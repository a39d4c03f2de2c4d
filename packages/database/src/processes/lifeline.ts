import { spawn } from 'node:child_process';

/** Something that happens when this process ends, however it ends, unless it is released before. */
export interface Lifeline {
  release(): void;
}

/** Sends `signal` to process `pid` at our end. Release it once that process is gone: its number may be reused. */
export const signalAtOurEnd = (pid: number, signal: NodeJS.Signals): Lifeline =>
  atOurEnd('kill -s "$1" "$2"', [signal.replace('SIG', ''), String(pid)]);

/** Removes `folder` at our end, trying for ten seconds while others may still be leaving it. */
export const removeAtOurEnd = (folder: string): Lifeline =>
  atOurEnd('for attempt in $(seq 100); do rm -rf "$1" && break; sleep 0.1; done', [folder]);

// A shell waits on a pipe that the operating system closes with us, after SIGKILL too. It has a session
// of its own, so that Ctrl-C does not end it first.
function atOurEnd(script: string, args: readonly string[]): Lifeline {
  const watcher = spawn('/bin/sh', ['-c', `read -r _; ${script}`, 'lifeline', ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  // Without a shell there is no lifeline; ending in an orderly way still works.
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  return {
    release: () => {
      watcher.kill('SIGKILL');
    },
  };
}

import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const keptLines = 40;

export interface ProcessOutput {
  /** The last lines written, oldest first. */
  text(): string;
  /** Settles at the first line that matches; never rejects. */
  lineMatching(pattern: RegExp): Promise<void>;
}

/** Reads both output streams of a process for as long as it lives, so that it never blocks on a full pipe. */
export function keepOutput({ stdout, stderr }: ChildProcess): ProcessOutput {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [stdout, stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      for (const listener of listeners) listener(line);
    });
  }
  return {
    text: () => lines.join('\n'),
    lineMatching: (pattern) =>
      new Promise((resolve) => {
        const listener = (line: string): void => {
          if (!pattern.test(line)) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
  };
}

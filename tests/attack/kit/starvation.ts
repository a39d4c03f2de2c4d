import { readFileSync } from 'node:fs';

/** Tells how long the main thread of a process has waited for a processor so far, in milliseconds. */
export type Starvation = () => number;

/** The scheduler counts it on Linux; where nobody can tell, it is 0 for ever. */
export const starvationOf =
  (pid: number | null): Starvation =>
  () => {
    if (pid === null) return 0;
    try {
      const [, waitedNs = '0'] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
      return Number(waitedNs) / 1e6;
    } catch {
      return 0;
    }
  };

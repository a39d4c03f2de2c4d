import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import type { Service } from './services.ts';

const lookEveryMs = 20;

/** Resident memory of a process in bytes; 0 for one that is gone. Linux only. */
function residentBytes(pid: number): number {
  try {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) * 1_024;
  } catch {
    return 0;
  }
}

/** A service that is not allowed more memory. */
export interface MemoryLimit {
  /** Allows it everything again; tells how often it was ended for what it took. */
  lift(): Promise<number>;
}

/**
 * Allows a service so much more memory than it takes now, as a container with a limit does: at more it is ended with
 * kill -9, wherever it is, and started again.
 */
export function limitMemory(service: Service, moreBytes: number): MemoryLimit {
  const allowedBytes = residentBytes(service.pid()) + moreBytes;
  let isLifted = false;
  let ended = 0;
  async function watch(): Promise<void> {
    while (!isLifted) {
      await pause(lookEveryMs);
      if (residentBytes(service.pid()) <= allowedBytes) continue;
      await service.kill();
      ended += 1;
      await service.start();
    }
  }
  const watching = watch();
  return {
    lift: async () => {
      isLifted = true;
      await watching;
      return ended;
    },
  };
}

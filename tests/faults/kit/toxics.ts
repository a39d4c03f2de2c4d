import { EventEmitter, once } from 'node:events';

export type Direction = 'to-server' | 'to-client';

/** What is wrong with a way at the moment. */
export interface Ills {
  readonly latency?: { readonly ms: number; readonly jitterMs: number };
  readonly bytesPerSecond?: number;
  readonly slice?: { readonly bytes: number; readonly delayMs: number };
  /** Compared by identity: each connection counts from when it first meets one. */
  readonly reset?: { readonly bytes: number; readonly direction: Direction };
  readonly isHanging?: boolean;
}

/** The ills of one way, which all its connections look at for each piece they carry. */
export interface Toxics {
  now(): Ills;
  set(more: Ills): void;
  clear(): void;
  /** Settles once nothing hangs. Rejects when the signal is aborted. */
  flowing(signal: AbortSignal): Promise<void>;
}

export function createToxics(): Toxics {
  const switches = new EventEmitter().setMaxListeners(0);
  let ills: Ills = {};
  const change = (next: Ills): void => {
    ills = next;
    switches.emit('switched');
  };
  return {
    now: () => ills,
    set: (more) => {
      change({ ...ills, ...more });
    },
    clear: () => {
      change({});
    },
    async flowing(signal) {
      while (ills.isHanging === true) await once(switches, 'switched', { signal });
    },
  };
}

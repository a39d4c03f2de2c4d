import { isTouched } from './entry.ts';

/** A load under way, seen from inside. */
export interface Flight {
  readonly signal: AbortSignal;
  /** False once the key was invalidated: what the load brings may be shown to those who wait, but not be kept. */
  isCurrent(): boolean;
}

/** One flight per key at a time; who asks meanwhile waits for the same landing. */
export interface SingleFlight<Landing> {
  join(
    route: { readonly key: string; readonly names: readonly string[] },
    fly: (flight: Flight) => Promise<Landing>,
  ): Promise<Landing>;
  /** Makes the flights under these names outdated: the next reader starts a new one. */
  outdate(names: readonly string[]): void;
  outdateAll(): void;
  /** Aborts every flight, outdated or not. */
  close(): void;
}

/** Makes the flights of one process. */
export function createSingleFlight<Landing>(): SingleFlight<Landing> {
  const current = new Map<string, { readonly names: readonly string[]; readonly landing: Promise<Landing> }>();
  const aborts = new Set<AbortController>();

  return {
    join({ key, names }, fly) {
      const joined = current.get(key);
      if (joined !== undefined) return joined.landing;

      const abort = new AbortController();
      aborts.add(abort);
      const isCurrent = () => current.get(key) === flight;
      const landing = fly({ signal: abort.signal, isCurrent }).finally(() => {
        aborts.delete(abort);
        if (isCurrent()) current.delete(key);
      });
      const flight = { names, landing };
      current.set(key, flight);
      return landing;
    },
    outdate(names) {
      for (const [key, flight] of current) if (isTouched(flight.names, names)) current.delete(key);
    },
    outdateAll() {
      current.clear();
    },
    close() {
      for (const abort of aborts) abort.abort(new Error('The cache was closed'));
    },
  };
}

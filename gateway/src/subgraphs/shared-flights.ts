import { orAborted } from './or-aborted.ts';

interface Flight<Result> {
  readonly owner: string;
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  passengers: number;
  isOver: boolean;
}

type Work<Result> = (unwanted: AbortSignal) => Promise<Result>;

/** Works under way that equal askers share. Nothing is kept once they have ended. */
export interface SharedFlights<Result> {
  /** Runs an owner's work under a key, or joins the one already under way; stops it when nobody waits for it any more. */
  share(
    asked: { readonly owner: string; readonly key: string; readonly gone: AbortSignal },
    work: Work<Result>,
  ): Promise<Result>;
  /** From now on nobody joins those of an owner that are under way: what they bring may be from before a change. */
  outdate(owner: string): void;
}

/** Makes a share of works under way: equal keys at the same time cost one work. */
export function createSharedFlights<Result>(): SharedFlights<Result> {
  /** Those that can be joined. */
  const flights = new Map<string, Flight<Result>>();

  function close(key: string, flight: Flight<Result>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  function depart(owner: string, key: string, work: Work<Result>): Flight<Result> {
    const controller = new AbortController();
    const flight: Flight<Result> = {
      owner,
      controller,
      passengers: 0,
      isOver: false,
      result: work(controller.signal).finally(() => {
        flight.isOver = true;
        close(key, flight);
      }),
    };
    flights.set(key, flight);
    return flight;
  }

  function leave(key: string, flight: Flight<Result>): void {
    flight.passengers -= 1;
    if (flight.passengers > 0 || flight.isOver) return;
    close(key, flight);
    flight.controller.abort();
  }

  return {
    share: async ({ owner, key, gone }, work) => {
      gone.throwIfAborted();
      const flight = flights.get(key) ?? depart(owner, key, work);
      flight.passengers += 1;
      try {
        return await orAborted(flight.result, gone);
      } finally {
        leave(key, flight);
      }
    },
    outdate: (owner) => {
      for (const [key, flight] of flights) if (flight.owner === owner) flights.delete(key);
    },
  };
}

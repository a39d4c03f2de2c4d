import { orAborted } from './or-aborted.ts';

interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  passengers: number;
}

/** Runs a work under a key, or joins the one already under way; stops it when nobody waits for it any more. */
export type ShareFlight<Result> = (
  key: string,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>;

/** Makes a share of works under way: equal keys at the same time cost one work. Nothing is kept once it has ended. */
export function createSharedFlights<Result>(): ShareFlight<Result> {
  const flights = new Map<string, Flight<Result>>();

  function depart(key: string, work: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController();
    const flight: Flight<Result> = {
      controller,
      passengers: 0,
      result: work(controller.signal).finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      }),
    };
    flights.set(key, flight);
    return flight;
  }

  function leave(key: string, flight: Flight<Result>): void {
    flight.passengers -= 1;
    const isUnderWay = flights.get(key) === flight;
    if (flight.passengers > 0 || !isUnderWay) return;
    flights.delete(key);
    flight.controller.abort();
  }

  return async (key, work, signal) => {
    signal.throwIfAborted();
    const flight = flights.get(key) ?? depart(key, work);
    flight.passengers += 1;
    try {
      return await orAborted(flight.result, signal);
    } finally {
      leave(key, flight);
    }
  };
}

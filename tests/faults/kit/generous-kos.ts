/** So many calls that no test runs out of them, for faults that have nothing to do with how often KOS may be called. */
const callsPerMinute = 100_000;

/** Options of a stack whose KOS takes any number of calls; settings of one's own go beside `generousSettings`. */
export const generousSettings = { KOS_CALLS_PER_MINUTE: String(callsPerMinute) } as const;
export const generousKos = { kos: { callsPerMinute }, settings: generousSettings } as const;

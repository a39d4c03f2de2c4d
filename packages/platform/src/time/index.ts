export { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, systemClock } from './clock.ts';
export { waitAtMost } from './patience.ts';
export { createRepetition } from './repetition.ts';
export type { Clock } from './clock.ts';
export type { Repetition } from './repetition.ts';

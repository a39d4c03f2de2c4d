import { z } from 'zod';
import { resultTypes, type ResultType } from './received-results.ts';

const fault = z.strictObject({
  type: z.enum(['*', ...resultTypes]).default('*'),
  /** Spent after so many deliveries; without it the fault holds until it is replaced. */
  times: z.int().positive().optional(),
  status: z.int().min(400).max(599).default(500),
  /** Instead of answering `status`. */
  instead: z.enum(['hang', 'reset']).optional(),
  /** Whether the result is received all the same: the sender cannot know. */
  isReceived: z.boolean().default(false),
});

export type Fault = z.infer<typeof fault>;
export type FaultInput = z.input<typeof fault>;

/** Throws a ZodError that names every fault that makes no sense. */
export const readFaults = (raw: unknown): Fault[] => z.array(fault).parse(raw);

export interface Faults {
  /** The first fault that matches, counted as used. */
  strike(type: ResultType): Fault | undefined;
  list(): readonly Fault[];
  replace(faults: readonly Fault[]): void;
}

export function createFaults(): Faults {
  let live: Fault[] = [];
  return {
    strike(type) {
      const struck = live.find((candidate) => candidate.type === '*' || candidate.type === type);
      if (struck?.times !== undefined) live = live.flatMap((one) => (one === struck ? usedOnce(one) : [one]));
      return struck;
    },
    list: () => live,
    replace(faults) {
      live = [...faults];
    },
  };
}

function usedOnce(used: Fault): Fault[] {
  const left = (used.times ?? 1) - 1;
  return left > 0 ? [{ ...used, times: left }] : [];
}

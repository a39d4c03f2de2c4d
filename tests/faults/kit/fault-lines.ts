import { readFileSync } from 'node:fs';

import { z } from 'zod';

export const faultLine = z.object({
  /** Where it was measured, for finding files that told nothing. */
  file: z.string(),
  /** Number and name, as `F2 Redis killed in flight`. */
  fault: z.string(),
  /** What a customer notices, in a few words. */
  userSees: z.string(),
  requests: z.number(),
  wrong: z.number(),
  lost: z.number(),
  duplicated: z.number(),
  falselyFailed: z.number(),
  /** Seconds from the end of the fault to the first good answer; null where nothing has to recover. */
  recoverySeconds: z.number().nullable(),
});

/** One fault and what came of it: a row of the table of `npm run test:faults`. */
export type FaultLine = z.output<typeof faultLine>;

/** Names the file in which rows are collected; set by `npm run test:faults`. */
export const reportVariable = 'FAULT_REPORT';

/** The rows collected so far, in the order of the faults' numbers. */
export const readFaultLines = (file: string): FaultLine[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => faultLine.parse(JSON.parse(text)))
    .sort((one, other) => one.fault.localeCompare(other.fault, 'en', { numeric: true }));

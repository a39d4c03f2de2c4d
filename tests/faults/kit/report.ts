import { appendFileSync } from 'node:fs';

import { expect } from '@jest/globals';

import { faultLine, reportVariable, type FaultLine } from './fault-lines.ts';

/** Puts a row into the table of `npm run test:faults`; elsewhere nobody reads it. `stack.check()` has most of it. */
export function reportFault(row: Omit<FaultLine, 'file'>): void {
  const file = process.env[reportVariable];
  const complete = faultLine.parse({ ...row, file: expect.getState().testPath });
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(complete)}\n`);
}

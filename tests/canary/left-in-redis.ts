import { demoAccounts } from '@supergraph/auth/demo-accounts';
import { demoCustomers } from '@supergraph/kos-simulator/demo-customers';

import { createSearch } from './canaries.ts';
import { redisTraces } from './traces.ts';

const spoken = (lineNumber: string): string => lineNumber.replace(/^(\d{3})(\d{4})/, '$1-$2-');

/** What the customers of all tests are and know. */
const personal = new Map([
  ...demoCustomers.map(({ name }) => [name, name] as const),
  ...demoCustomers.flatMap(({ lines }) =>
    lines.flatMap(({ lineNumber }) => [
      [lineNumber, lineNumber] as const,
      [spoken(lineNumber), spoken(lineNumber)] as const,
    ]),
  ),
  ...demoAccounts.map(({ password }) => [password, password] as const),
]);

/** Finds, after all tests, what they have left of personal data in the Redis that they share; a sentence each. */
export async function findLeftInRedis(url: string): Promise<readonly string[]> {
  const search = createSearch(personal);
  const traces = await redisTraces(url);
  return traces.flatMap(({ place, text }) =>
    search(text).map((what) => `${what} is in ${place}: ${text.slice(0, 200)}`),
  );
}

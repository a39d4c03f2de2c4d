import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { isErrorCode } from '@supergraph/platform/errors';

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8');

const atTheGateway = 'gateway/src/bad-input.test.ts';

/** Rows of the list of bad inputs that are refused further in than by the form of the request. */
const triedElsewhere: readonly (readonly [row: number, code: string, file: string])[] = [
  [24, 'TOKEN_EXPIRED', 'gateway/src/forged-token.test.ts'],
  [25, 'INVALID_TOKEN', 'gateway/src/forged-token.test.ts'],
  [26, 'SESSION_REVOKED', 'gateway/src/authenticate.test.ts'],
  [27, 'INVALID_CREDENTIALS', 'subgraphs/auth/src/domain/login.test.ts'],
  [28, 'LOGIN_BLOCKED', 'subgraphs/auth/src/domain/login.test.ts'],
  [29, 'REFRESH_TOKEN_REUSED', 'subgraphs/auth/src/domain/refresh-session.test.ts'],
  [31, 'NOT_FOUND', 'tests/ownership.test.ts'],
  [32, 'BAD_USER_INPUT', 'tests/attack/attacks/injection.ts'],
  [33, 'INVALID_BILLING_MONTH', 'subgraphs/billing/src/stories.test.ts'],
  [34, 'INVALID_PAGE', 'packages/platform/src/pagination/page.test.ts'],
  [35, 'PLAN_CHANGE_NOT_ALLOWED', 'subgraphs/product/src/product-change.test.ts'],
  [36, 'PLAN_VERSION_CONFLICT', 'subgraphs/product/src/repeated-changes.test.ts'],
  [36, 'CHANGE_IN_PROGRESS', 'subgraphs/product/src/settlement.test.ts'],
  [37, 'IDEMPOTENCY_KEY_REQUIRED', 'subgraphs/product/src/repeated-changes.test.ts'],
  [37, 'IDEMPOTENCY_KEY_REUSED', 'subgraphs/product/src/repeated-changes.test.ts'],
  [37, 'IDEMPOTENCY_IN_PROGRESS', 'subgraphs/product/src/key-in-flight.test.ts'],
  [38, 'KOS_UNAVAILABLE', 'subgraphs/billing/src/kos-faults.test.ts'],
  [38, 'KOS_BUSY', 'subgraphs/billing/src/kos-faults.test.ts'],
];
/** In a test of its own there, for it needs a gateway in production. */
const inProduction = 13;
/** Coupons, which there are none of yet. */
const notBuilt = [40];

describe('The forty bad inputs', () => {
  it.each(triedElsewhere)('%i is refused with %s in %s', (_row, code, file) => {
    expect(isErrorCode(code)).toBe(true);
    expect(read(file)).toContain(code);
  });

  it('are all tried somewhere', () => {
    const gateway = read(atTheGateway);
    expect(gateway).toContain('INTROSPECTION_DISABLED');
    const rows = [...gateway.matchAll(/^ {2}(?: {2}|\[)'(\d+) /gm)].map(([, row]) => Number(row));
    const tried = new Set([...rows, inProduction, ...triedElsewhere.map(([row]) => row), ...notBuilt]);
    expect([...tried].sort((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });
});

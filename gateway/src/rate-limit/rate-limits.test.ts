import { describe, expect, it } from '@jest/globals';
import type { Standing } from '@supergraph/platform/rate-limit';
import { createManualClock } from '@supergraph/platform/testing';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { clientNameOf } from './client-name.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import { createRateLimits, noRateLimits, type CountedCaller, type CountedOperation } from './rate-limits.ts';
import { weightOf, type LimitName } from './rules.ts';

type Asked = CountedCaller & CountedOperation;

function theLimits(more: { readonly factor?: number; readonly clientRequestsPerMinute?: number } = {}) {
  const clock = createManualClock('2026-11-21T03:00:00Z');
  const refusals: LimitName[] = [];
  const limits = createRateLimits({
    shared: undefined,
    instances: 1,
    factor: 1,
    clientRequestsPerMinute: 60_000,
    clock,
    events: {
      decided: (limit, isGranted) => {
        if (!isGranted) refusals.push(limit);
      },
    },
    ...more,
  });
  const standings: Standing[] = [];
  const request: Asked = {
    userId: null,
    requestsPerMinute: 1_200,
    address: '203.0.113.7',
    clientName: null,
    rootFields: [],
    weight: 1,
    tell: (standing) => void standings.push(standing),
  };
  /** Whether it was admitted; whatever it was to prove is told to be wrong unless it says otherwise. */
  const ask = async (
    of: Partial<Asked>,
    codes: readonly string[] = ['INVALID_CREDENTIALS', 'REFRESH_TOKEN_INVALID'],
  ) => {
    try {
      const asked = { ...request, ...of };
      const admission = await (await limits.enter(asked)).admit(asked);
      await admission.settle(codes);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED' });
      return false;
    }
  };
  const admitted = async (count: number, of: Partial<Asked>, codes?: readonly string[]) => {
    let total = 0;
    for (let nth = 0; nth < count; nth += 1) if (await ask(of, codes)) total += 1;
    return total;
  };
  return { clock, limits, request, ask, admitted, refusals, standings };
}

const customer = (userId: string) => ({ userId, requestsPerMinute: 100 });
const logIn = { rootFields: ['login'] };

describe('Rate limits', () => {
  it('let a customer ask a hundred times a minute, wherever they are, and nobody suffers for another', async () => {
    const { admitted, ask, clock, refusals, standings } = theLimits();
    expect(await admitted(100, customer('kim'))).toBe(100);
    expect(await ask({ ...customer('kim'), address: '198.51.100.1' })).toBe(false);
    expect(standings.at(-1)).toMatchObject({ isGranted: false, limit: 100, remaining: 0, retryAfterMs: 6 * SECOND_MS });
    expect(await ask(customer('lee'))).toBe(true);
    clock.advance(6 * SECOND_MS);
    expect(await admitted(20, customer('kim'))).toBe(10);
    expect(new Set(refusals)).toEqual(new Set(['user']));
  });

  it('count what is dear for more, up to ten times', async () => {
    const { admitted } = theLimits();
    expect([0, 99, 112, 500, 1_000, 5_000].map((cost) => weightOf(cost, 1_000))).toEqual([1, 1, 2, 5, 10, 10]);
    expect(weightOf(5, 0)).toBe(1);
    expect(await admitted(20, { ...customer('kim'), weight: weightOf(1_000, 1_000) })).toBe(10);
  });

  it('count once whatever never comes to run, and tell whoever lacks the rest when there will be enough of it', async () => {
    const { limits, request, admitted, ask, clock, standings } = theLimits();
    const kim = { ...request, ...customer('kim') };
    for (let nth = 0; nth < 85; nth += 1) await limits.enter(kim);
    expect(standings.at(-1)).toMatchObject({ limit: 100, remaining: 15 });
    expect(await ask({ ...kim, weight: 10 })).toBe(true);
    expect(standings.at(-1)).toMatchObject({ isGranted: true, remaining: 5 });
    expect(await ask({ ...kim, weight: 10 })).toBe(false);
    expect(standings.at(-1)).toMatchObject({ isGranted: false, remaining: 4, retryAfterMs: 6 * SECOND_MS });
    clock.advance(6 * SECOND_MS);
    expect(await admitted(2, { ...kim, weight: 10 })).toBe(1);
    expect(await admitted(20, kim)).toBe(3);
    await expect(limits.enter(kim)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('grant what weighs more than a limit that is small', async () => {
    const { admitted } = theLimits({ factor: 0.05 });
    expect(await admitted(2, { ...customer('kim'), weight: 10 })).toBe(1);
  });

  it('count nobody by address, and IPv6 by network', async () => {
    const { admitted, ask } = theLimits();
    const anonymous = { requestsPerMinute: 60 };
    expect(await admitted(70, { ...anonymous, address: '2001:db8::1' })).toBe(60);
    expect(await ask({ ...anonymous, address: '2001:db8:0:0:ffff::2' })).toBe(false);
    expect(await ask({ ...anonymous, address: '2001:db8:0:1::1' })).toBe(true);
    expect(await admitted(70, { ...anonymous, address: '::ffff:203.0.113.7' })).toBe(60);
    expect(await ask({ ...anonymous, address: '203.0.113.7' })).toBe(false);
  });

  it.each([
    ['login', 'login'],
    ['refreshSession', 'refresh'],
    ['createStepUp', 'step-up'],
  ] as const)('let an address %s twenty times a minute, whoever asks', async (field, limit) => {
    const { admitted, ask, clock, refusals } = theLimits();
    expect(await admitted(1_000, { rootFields: [field] })).toBe(20);
    expect(await ask({ ...customer('kim'), rootFields: [field] })).toBe(false);
    expect(await ask({ rootFields: [field], address: '198.51.100.1' })).toBe(true);
    expect(new Set(refusals)).toEqual(new Set([limit]));
    clock.advance(MINUTE_MS);
    expect(await admitted(1_000, { rootFields: [field] })).toBe(20);
  });

  it('never let one address fail so often in an hour that more than twenty accounts are blocked', async () => {
    const { admitted, clock } = theLimits();
    const failuresAt: number[] = [];
    for (let atMs = 0; atMs < 4 * HOUR_MS; atMs += MINUTE_MS) {
      const count = await admitted(30, logIn);
      for (let nth = 0; nth < count; nth += 1) failuresAt.push(atMs);
      clock.advance(MINUTE_MS);
    }
    const worst = Math.max(
      ...failuresAt.map((from) => failuresAt.filter((at) => at >= from && at < from + HOUR_MS).length),
    );
    expect(Math.floor(worst / 5)).toBeLessThanOrEqual(20);
    expect(worst).toBeGreaterThan(45);
  });

  it('do not count log-ins that are right, that were blocked already, or that nobody could check', async () => {
    const { admitted, clock } = theLimits();
    for (const codes of [[], ['LOGIN_BLOCKED'], ['SERVICE_UNAVAILABLE']]) {
      for (let minute = 0; minute < 5; minute += 1) {
        expect(await admitted(20, logIn, codes)).toBe(20);
        clock.advance(MINUTE_MS);
      }
    }
  });

  it('do not count sessions that are renewed, only those that there are not', async () => {
    const { admitted, ask } = theLimits();
    const renew = { rootFields: ['refreshSession'] };
    expect(await admitted(600, renew, [])).toBe(600);
    expect(await admitted(19, renew, ['REFRESH_TOKEN_REUSED'])).toBe(19);
    expect(await admitted(30, renew, ['SERVICE_UNAVAILABLE'])).toBe(30);
    expect(await ask(renew)).toBe(true);
    expect(await ask(renew, [])).toBe(false);
  });

  it('do not count log-ins that another limit kept from being checked', async () => {
    const { admitted, ask, clock } = theLimits({ clientRequestsPerMinute: 1 });
    const app = { userId: 'kim', clientName: 'app' };
    expect(await ask(app)).toBe(true);
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await admitted(20, { ...logIn, ...app, weight: 10 })).toBeLessThanOrEqual(1);
      clock.advance(MINUTE_MS);
    }
    expect(await admitted(20, logIn)).toBe(20);
    clock.advance(MINUTE_MS);
    expect(await admitted(20, logIn)).toBe(20);
  });

  it('bound what one program asks for, and count there only who was within limits of their own', async () => {
    const { admitted, ask } = theLimits({ clientRequestsPerMinute: 150 });
    const app = { clientName: 'app' };
    expect(await admitted(300, { ...customer('kim'), ...app })).toBe(100);
    expect(await admitted(60, { ...customer('lee'), ...app })).toBe(50);
    expect(await ask({ ...customer('lee'), clientName: 'web' })).toBe(true);
    expect(await ask(customer('park'))).toBe(true);
    expect(['app', 'ios/app @2.1', undefined, '', 'x'.repeat(65), 'a\r\nb', ['a', 'b']].map(clientNameOf)).toEqual([
      'app',
      'ios/app @2.1',
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('let nobody use up what the users of a program have by taking its name without signing in', async () => {
    const { admitted } = theLimits({ clientRequestsPerMinute: 150 });
    const web = { clientName: 'web' };
    expect(await admitted(300, web)).toBe(300);
    expect(await admitted(100, { ...customer('kim'), ...web })).toBe(100);
  });

  it('tell how the tightest limit stands', async () => {
    const { ask, standings } = theLimits();
    await ask({ ...logIn, requestsPerMinute: 60 });
    const standing = standings.at(-1);
    expect(standing).toMatchObject({ limit: 20, remaining: 19 });
    expect(standing && rateLimitHeaders(standing)).toEqual({
      'ratelimit-limit': '20',
      'ratelimit-remaining': '19',
      'ratelimit-reset': '60',
    });
  });

  it('are multiplied by a factor, or off, where many requests come from one place on purpose', async () => {
    const { admitted, request } = theLimits({ factor: 2.5 });
    expect(await admitted(300, customer('kim'))).toBe(250);
    const counted = await noRateLimits.enter(request);
    await (await counted.admit(request)).settle([]);
  });
});

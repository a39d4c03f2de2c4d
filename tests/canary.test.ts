import { appendFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoAccounts } from '@supergraph/auth/demo-accounts';
import { eventually } from '@supergraph/database/testing/eventually';
import { connectRedis } from '@supergraph/platform/cache';

import { createAsker, type Asker } from './canary/asker.ts';
import { askAmiss, sendAmiss } from './canary/bad-input.ts';
import { aCanaryStack, type CanaryStack } from './canary/canary-stack.ts';
import { canary, createSearch, wantedTexts } from './canary/canaries.ts';
import { logTraces, redisTraces, tableTraces, type Trace } from './canary/traces.ts';
import { bill, change, currentPlan, everything, history, inquire, order, preCheck } from './e2e/walk-operations.ts';
import { monthBefore } from './faults/kit/client.ts';

const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        tokens {
          accessToken
          refreshToken
        }
      }
    }
  }
`;
const refresh = /* GraphQL */ `
  mutation Refresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      ... on SessionRefreshed {
        tokens {
          accessToken
          refreshToken
        }
      }
    }
  }
`;
const held = '{ heldProductOrders { edges { node { lineId productOrder { id line { phoneNumber } } } } } }';

/** Where a canary may be, and why. */
const mayBeFound: Readonly<Record<string, readonly string[]>> = {
  // what somebody signs in by is looked up by it
  'auth.account.login_id': ['loginId'],
  // nothing tells it from an id of ours, in whose place it was put
  'gateway.audit_record.subjects': ['loginId'],
};

/** What of the canary is in none of the places where it may be. */
function findings(traces: readonly Trace[], tokens: Readonly<Record<string, string>>): readonly string[] {
  const search = createSearch(wantedTexts(tokens));
  return traces.flatMap(({ place, text }) =>
    search(text)
      .filter((label) => !(mayBeFound[place] ?? []).includes(label))
      .map((label) => `${label} in ${place}: ${text.slice(0, 300)}`),
  );
}

describe('what a customer is and knows', () => {
  let all: CanaryStack;
  let asker: Asker;
  let line: string;
  const tokens: Record<string, string> = {};
  const token = () => tokens['access token'] ?? '';

  beforeAll(async () => {
    all = await aCanaryStack();
    asker = createAsker(all.stack.gatewayUrl);
  });
  afterAll(() => all.close());

  async function signIn(): Promise<void> {
    const { loginId, password } = canary;
    const issued: Record<string, string> = {};
    // a service that has just come back is not asked again at once
    await eventually(async () => {
      const data = await asker.ask(logIn, { input: { loginId, password } });
      Object.assign(issued, data['login']?.['tokens']);
      return issued['accessToken'] !== undefined;
    }, 40_000);
    tokens['access token'] = issued['accessToken'] ?? '';
    tokens['refresh token'] = issued['refreshToken'] ?? '';
  }
  /** Everything that a customer does on an ordinary day, with a month and a plan of its own. */
  async function spendADay(monthsAgo: number, plan: string): Promise<void> {
    const month = monthBefore(monthsAgo);
    const input = { lineId: line, productOfferingId: plan };
    await asker.ask(everything, {}, token());
    await asker.ask(bill, { line, month }, token());
    await asker.ask(inquire, { input: { lineId: line, billingMonth: month } }, token());
    await asker.ask(preCheck, { input }, token());
    const ordered = await asker.ask(change, { input: { ...input, externalId: `wish-${monthsAgo}` } }, token());
    const id = ordered['createProductOrder']?.['id'];
    if (id !== undefined) await asker.ask(order, { id }, token());
    await asker.ask(currentPlan, { line }, token());
    await asker.ask(history, { line }, token());
  }

  it('is shown to the customer', async () => {
    await signIn();
    const data = await asker.ask(everything, {}, token());
    expect(data['me']?.['customer']).toMatchObject({
      profile: { name: canary.name },
      lines: [{ phoneNumber: canary.phoneNumber }],
    });
    line = data['me']?.['customer']?.['lines']?.[0]?.['id'] ?? '';
  });

  it('goes through the services on good days and bad ones', async () => {
    const { stack } = all;
    await spendADay(1, '5G-STANDARD-001');
    const malformed = ['html', 'truncated', 'wrong-types', 'other-line'] as const;
    for (const [place, each] of malformed.entries()) {
      stack.kos.faults.replace([{ operation: '*', malformed: each }]);
      await spendADay(2 + place, '5G-BASIC-001');
    }
    stack.kos.faults.replace([{ operation: '*', reset: 'before' }]);
    await spendADay(6, '5G-SLIM-001');
    await stack.kos.stopListening();
    await spendADay(6, '5G-PREMIUM-001');
    await stack.kos.resume();
    stack.kos.faults.clear();
    stack.mvnoAp.faults.replace([{ type: '*', times: 3, status: 500 }]);
    await spendADay(0, '5G-PREMIUM-001');
    for (const down of ['billing', 'product', 'auth'] as const) {
      await stack.services[down].kill();
      await spendADay(3, '5G-STANDARD-001');
      await stack.services[down].start();
    }
    await signIn();
  }, 240_000);

  it('is put where it does not belong', async () => {
    const misplaced = [...Object.values(canary), token(), tokens['refresh token'] ?? ''];
    for (const text of misplaced) {
      await askAmiss(asker, text, token());
      await sendAmiss(asker, text);
    }
    await signIn();
    const renewed = await asker.ask(refresh, { input: { refreshToken: tokens['refresh token'] } });
    tokens['spent refresh token'] = tokens['refresh token'] ?? '';
    tokens['refresh token'] = renewed['refreshSession']?.['tokens']?.['refreshToken'] ?? '';
    await asker.ask(refresh, { input: { refreshToken: 'nothing' } });
  }, 240_000);

  it('is shown to nobody else', async () => {
    const staff = demoAccounts.filter(({ role }) => role !== 'CUSTOMER');
    for (const { loginId, password } of staff) {
      const data = await asker.askAsOther(logIn, { input: { loginId, password } });
      const theirs = data['login']?.['tokens']?.['accessToken'];
      for (const query of [everything, held]) await asker.askAsOther(query, {}, theirs);
      for (const query of [bill, currentPlan, history]) await asker.askAsOther(query, { line }, theirs);
      await asker.askAsOther('query ($line: ID!) { line(id: $line) { phoneNumber } }', { line }, theirs);
    }
    await asker.askAsOther(bill, { line });
    const others = asker.heard
      .filter(({ by }) => by === 'somebody else')
      .map(({ text }) => ({ place: 'answer', text }));
    expect(others.length).toBeGreaterThan(staff.length * 6);
    expect(findings(others, tokens)).toEqual([]);
  });

  it('is in no error, whoever gets it', () => {
    const errors = asker.heard.map(({ errors: text }) => ({ place: 'error', text }));
    expect(errors.filter(({ text }) => text !== '[]').length).toBeGreaterThan(100);
    expect(findings(errors, tokens)).toEqual([]);
  });

  it('is in no line of any log', async () => {
    const traces = await logTraces(all.logs);
    const services = new Set(traces.map(({ place }) => place));
    expect(services.size).toBe(Object.keys(all.logs).length);
    expect(traces.filter(({ text }) => text.includes('"level":50')).length).toBeGreaterThan(0);
    expect(findings(traces, tokens)).toEqual([]);
  });

  it('is in nothing that is measured', async () => {
    const lines = await logTraces({ gateway: all.logs['gateway'] ?? '' });
    const adminUrl = lines.map(({ text }) => /"adminUrl":"([^"]+)"/.exec(text)?.[1]).find(Boolean);
    const response = await fetch(`${adminUrl ?? ''}/metrics`);
    const measured = await response.text();
    expect(measured.length).toBeGreaterThan(1_000);
    expect(findings([{ place: 'metrics', text: measured }], tokens)).toEqual([]);
  });

  it('is in no key and no value of Redis', async () => {
    const traces = await redisTraces(all.stack.redis.url);
    expect(traces.length).toBeGreaterThan(4);
    expect(findings(traces, tokens)).toEqual([]);
  });

  it('is in no table that is not sealed, not even among messages that are to be sent', async () => {
    const traces = await tableTraces(all.stack);
    for (const filled of ['auth.session.id', 'billing.outbox_message.payload', 'product.outbox_message.payload'])
      expect(traces.map(({ place }) => place)).toContain(filled);
    expect(findings(traces, tokens)).toEqual([]);
  });

  it('would have been found: whatever is planted is', async () => {
    const { stack, logs } = all;
    await appendFile(logs['product'] ?? '', `{"msg":${JSON.stringify(canary.name)}}\n`);
    const inBase64 = Buffer.from(`..${canary.email}..`).toString('base64');
    const redis = connectRedis({ url: stack.redis.url, commandTimeoutMs: 5_000 });
    await new Promise((resolve) => redis.once('ready', resolve));
    await redis.hset('planted', 'field', inBase64);
    redis.disconnect();
    await stack.query('auth', `UPDATE account SET status = status, login_id = $1 WHERE role = 'ANALYST'`, [
      '01099990001',
    ]);
    const found = [
      ...findings(await logTraces(logs), tokens),
      ...findings(await redisTraces(stack.redis.url), tokens),
      ...findings(await tableTraces(stack), tokens),
    ];
    expect(found.map((finding) => finding.split(':')[0])).toEqual([
      'name in log of product',
      'email in Redis value of planted',
      'lineNumber in auth.account.login_id',
      'number without code in auth.account.login_id',
    ]);
  });
});

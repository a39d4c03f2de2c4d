import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from '../kit/a-stack.ts';
import { createClient, monthBefore } from '../kit/client.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { generousKos } from '../kit/generous-kos.ts';
import type { Reply } from '../kit/history.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

const restarts = 40;

const inquire = /* GraphQL */ `
  mutation Inquire($line: ID!, $month: YearMonth!) {
    createBillInquiry(input: { lineId: $line, billingMonth: $month }) {
      ... on BillInquiry {
        id
        state
      }
      ... on UserError {
        code
      }
    }
  }
`;

type Row = { readonly id: string };

describe('PostgreSQL stops at once and starts again, over and over, while customers order, inquire and sign in', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      ownPostgres: true,
      customers: 8,
      ...generousKos,
    });
  });
  afterAll(() => stack.close());

  it('loses nothing that was acknowledged, does nothing twice, and denies nothing that was done', async () => {
    const clients = await clientsOf(stack);
    const [inquirer, visitor, ...orderers] = clients;
    if (inquirer === undefined || visitor === undefined) throw new Error('there are eight customers');
    const stranger = createClient({ ...stack, customer: visitor.customer });
    let isOver = false;
    const inquiries: Reply[] = [];
    const logins: Reply[] = [];
    /** One thing after the other until it is over; what one was told is kept. */
    async function goOn(ask: () => Promise<Reply>, told: Reply[] = []): Promise<void> {
      while (!isOver) told.push(await ask());
    }
    const { lineId } = inquirer.customer;
    const work = Promise.all([
      ...orderers.map((orderer) => goOn(() => orderer.changePlanUntilSettled({ withinMs: 60_000 }))),
      goOn(() => inquirer.ask(inquire, { line: lineId, month: monthBefore(1) }), inquiries),
      goOn(() => stranger.logIn(), logins),
    ]);

    for (let restart = 0; restart < restarts; restart += 1) {
      const since = stack.history.turns.length;
      const isWorkDone = () =>
        stack.history.turns.slice(since).some(({ what, end }) => what === 'change' && isAcknowledged(end));
      await eventually(isWorkDone, 60_000);
      await stack.postgres.stopImmediately();
      await stack.postgres.start();
    }
    const recoverySeconds = await recovery(async () => (await orderers[0]?.readProduct())?.isFresh ?? false);
    isOver = true;
    await work;
    const findings = await stack.check(90_000);

    expect(await missing(inquiries, 'billing', `SELECT id FROM bill_inquiry WHERE state = 'DONE'`)).toEqual([]);
    const told = stack.mvnoAp.results({ type: 'bill' }).results.map(({ body }) => String(body['inquiryId']));
    expect(told.length).toBe(new Set(told).size);
    const acknowledgedLogins = logins.filter(isAcknowledged).length;
    const sessions = await stack.query<Row>('auth', 'SELECT id FROM session');
    expect(sessions.length).toBeGreaterThanOrEqual(acknowledgedLogins + clients.length);
    reportFault({
      fault: `F13 PostgreSQL restarted ×${restarts} during transactions`,
      userSees: '"for now unavailable" for a second; orders go on under their key',
      ...findings,
      recoverySeconds,
    });

    async function missing(replies: readonly Reply[], database: 'billing', sql: string): Promise<string[]> {
      const known = new Set((await stack.query<Row>(database, sql)).map(({ id }) => id));
      return replies.flatMap(({ data }) => (data?.['id'] && !known.has(data['id']) ? [data['id']] : []));
    }
  }, 900_000);
});

const isAcknowledged = (end: Pick<Reply, 'kind'> | null): boolean => end?.kind === 'answered';

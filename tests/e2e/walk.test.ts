import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR_MS, SECOND_MS } from '@supergraph/platform/time';

import { unspentRedisUrl } from '../support/redis-process.ts';
import { aSupergraph, type TestSupergraph } from '../support/a-supergraph.ts';
import type { Answer, Asking } from '../support/graphql-client.ts';
import {
  createTranscript,
  isUpdatingReadme,
  transcriptInReadme,
  writeTranscriptToReadme,
} from '../support/transcript.ts';
import {
  logIn,
  everything,
  bill,
  inquire,
  inquiry,
  preCheck,
  change,
  order,
  currentPlan,
  history,
} from './walk-operations.ts';

/** Asks until the answer is what is waited for, moving the clock between questions as a patient person would. */
async function askUntil(
  ask: () => Promise<Answer>,
  isIt: (answer: Answer) => boolean,
  wait: () => void,
): Promise<Answer> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer) || Date.now() > deadline) return answer;
    wait();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const patience = { ORDER_WAIT_MS: '4500' };

describe.each([
  ['with PostgreSQL and Redis', { ...patience, REDIS_URL: unspentRedisUrl() }, true],
  ['with PostgreSQL alone', patience, false],
])('a walk through the supergraph, %s', (_how, environment, isShown) => {
  const transcript = createTranscript();
  let graph: TestSupergraph;
  const tokens: Record<string, string> = {};
  const lines: Record<string, string> = {};

  beforeAll(async () => {
    graph = await aSupergraph(environment);
  });
  afterAll(() => graph.close());

  /** Asks and writes question and answer down. */
  async function ask(query: string, variables: Record<string, unknown> = {}, asking: Asking = {}): Promise<Answer> {
    transcript.asked(query, variables);
    const answer = await graph.ask(query, variables, asking);
    transcript.answered(answer.status, answer.body);
    return answer;
  }
  const as = (loginId: string): Asking => ({ token: tokens[loginId] ?? '' });
  const lineOf = (phoneNumber: string): string => lines[phoneNumber] ?? '';

  it('lets two customers in', async () => {
    transcript.say(
      'Two customers sign in. `$token` below is the access token, sent as `authorization: Bearer $token`.',
    );
    const answer = await ask(logIn, { input: { loginId: 'testuser01', password: 'demo-password-01' } });
    expect(answer.data['login']?.['user']).toEqual({ loginId: 'testuser01', role: 'CUSTOMER' });
    tokens['testuser01'] = answer.data['login']?.['tokens']?.['accessToken'] ?? '';
    for (const other of ['testuser02', 'testuser03']) tokens[other] = await graph.logIn(other);
  });

  it('answers one query from all three subgraphs', async () => {
    transcript.say('One query crosses all three subgraphs: who am I, what am I on, what do I owe.');
    const answer = await ask(everything, {}, as('testuser01'));
    expect(answer.errors).toEqual([]);
    const line = answer.data['me']?.['customer']?.['lines']?.[0];
    expect(answer.data['me']?.['customer']?.['profile']).toEqual({ name: '김테스트', operatorCode: 'MVNO001' });
    expect(line).toMatchObject({
      phoneNumber: '010-1234-5678',
      currentProduct: { productOffering: { name: '5G 프리미엄 플랜', monthlyFee: { value: '89000' } } },
      bill: { billingMonth: '2026-11', isClosed: false, freshness: { stale: false, source: 'KOS' } },
    });
    for (const loginId of ['testuser01', 'testuser02', 'testuser03']) {
      const { data } = await graph.ask('{ me { customer { lines { id phoneNumber } } } }', {}, as(loginId));
      for (const each of data['me']?.['customer']?.['lines'] ?? []) lines[each['phoneNumber'] ?? ''] = each['id'] ?? '';
    }
    expect(Object.keys(lines)).toHaveLength(7);
  });

  it('reads a past bill from KOS once and then from the cache, and says so', async () => {
    transcript.say('A past month, twice: the second answer comes from the cache and says so.');
    const asked = { line: lineOf('010-1234-5678'), month: '2026-09' };
    const sources = [];
    for (let time = 1; time <= 2; time += 1) {
      const { data } = await ask(bill, asked, as('testuser01'));
      sources.push(data['line']?.['bill']?.['freshness']?.['source']);
    }
    expect(sources).toEqual(['KOS', 'CACHE']);
  });

  it('does not tell a foreign line from one that does not exist', async () => {
    transcript.say('Somebody else’s line looks exactly like one that does not exist.');
    const foreign = await ask(inquire, { input: { lineId: lineOf('010-8765-4321') } }, as('testuser01'));
    const absent = await graph.ask(inquire, { input: { lineId: 'ln_nothing' } }, as('testuser01'));
    expect(foreign.data['createBillInquiry']).toMatchObject({ code: 'NOT_FOUND' });
    expect(foreign.body).toEqual(absent.body);
  });

  it('refuses a customer without the right to change plans', async () => {
    transcript.say('`testuser02` may look at bills but not change plans.');
    const input = { lineId: lineOf('010-8765-4321'), productOfferingId: 'LTE-PREMIUM-001' };
    const answer = await ask(preCheck, { input }, as('testuser02'));
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
    const menu = await graph.ask('{ productChangeMenu { lines { id } } }', {}, as('testuser02'));
    expect(menu.errors).toMatchObject([
      { message: '서비스 이용 권한이 없습니다', extensions: { code: 'FORBIDDEN' }, path: ['productChangeMenu'] },
    ]);
  });

  it('changes a plan after its three checks, and shows the new plan at once', async () => {
    transcript.say('A plan change: three checks, the order, and the next read shows the new plan.');
    const input = { lineId: lineOf('010-1234-5678'), productOfferingId: '5G-STANDARD-001' };
    const checked = await ask(preCheck, { input }, as('testuser01'));
    expect(checked.data['checkProductOfferingQualification']).toMatchObject({
      result: 'QUALIFIED',
      checks: [{ isPassed: true }, { isPassed: true }, { isPassed: true }],
    });
    const ordered = await ask(change, { input: { ...input, externalId: 'wish-1' } }, as('testuser01'));
    expect(ordered.data['createProductOrder']).toMatchObject({
      state: 'COMPLETED',
      productCodeBefore: '5G-PREMIUM-001',
      productCodeAfter: '5G-STANDARD-001',
      message: '상품 변경이 완료되었다',
    });
    const again = await graph.ask(change, { input: { ...input, externalId: 'wish-1' } }, as('testuser01'));
    expect(again.data).toEqual(ordered.data);
    const now = await ask(currentPlan, { line: input.lineId }, as('testuser01'));
    expect(now.data['line']?.['currentProduct']).toMatchObject({ productCode: '5G-STANDARD-001', version: 2 });
  });

  it('tells what the scenario lines of KOS answer for a bill', async () => {
    transcript.say('Lines that KOS has trouble with: no bill, a system failure, no answer in time.');
    const none = await ask(inquire, { input: { lineId: lineOf('010-1234-5679') } }, as('testuser03'));
    expect(none.data['createBillInquiry']).toMatchObject({ state: 'REJECTED', failure: { code: 'BILL_NOT_ISSUED' } });
    const failing = await ask(bill, { line: lineOf('010-1234-5680') }, as('testuser03'));
    expect(failing.data['line']?.['bill']).toMatchObject({ code: 'KOS_UNAVAILABLE' });
    const slow = await ask(inquire, { input: { lineId: lineOf('010-1234-5681') } }, as('testuser03'));
    expect(slow.data['createBillInquiry']).toMatchObject({ state: 'IN_PROGRESS', pollAfterMs: expect.any(Number) });
    const id = slow.data['createBillInquiry']?.['id'];
    const end = await askUntil(
      () => graph.ask(inquiry, { id }, as('testuser03')),
      (answer) => answer.data['billInquiry']?.['state'] !== ('IN_PROGRESS' as never),
      () => {
        graph.clock.advance(5 * SECOND_MS);
      },
    );
    transcript.asked(inquiry, { id });
    transcript.answered(end.status, end.body);
    expect(end.data['billInquiry']).toMatchObject({
      state: 'TERMINATED_WITH_ERROR',
      failure: { code: 'KOS_UNAVAILABLE' },
    });
  });

  it('tells what the scenario lines of KOS answer for a plan change', async () => {
    transcript.say('And for plan changes: a commitment in the way, an unpaid bill, and an outcome nobody knows yet.');
    const to = (phoneNumber: string) => ({
      input: { lineId: lineOf(phoneNumber), productOfferingId: 'LTE-BASIC-001', externalId: `wish-${phoneNumber}` },
    });
    const committed = await ask(change, to('010-1234-5679'), as('testuser03'));
    expect(committed.data['createProductOrder']).toMatchObject({
      state: 'REJECTED',
      refusalReason: 'CONTRACT_RESTRICTION',
    });
    const unpaid = await ask(change, to('010-1234-5681'), as('testuser03'));
    expect(unpaid.data['createProductOrder']).toMatchObject({ state: 'REJECTED', refusalReason: 'UNPAID_BALANCE' });
    const unclear = await graph.ask(change, to('010-1234-5680'), as('testuser03'));
    const id = unclear.data['createProductOrder']?.['id'];
    const pending = await askUntil(
      () => graph.ask(order, { id }, as('testuser03')),
      (answer) => answer.data['productOrder']?.['state'] === ('PENDING' as never),
      () => undefined,
    );
    transcript.asked(order, { id });
    transcript.answered(pending.status, pending.body);
    expect(pending.data['productOrder']).toMatchObject({
      state: 'PENDING',
      message: expect.stringContaining('확인 중'),
    });
  });

  it('answers from what it knows while KOS is stopped, and says that it is old', async () => {
    transcript.say('KOS is stopped for two hours. Bills are still answered, marked stale; a plan change is refused.');
    await graph.supergraph.simulators.kos?.admin.stopListening();
    graph.clock.advance(2 * HOUR_MS);
    tokens['testuser01'] = await graph.logIn('testuser01');
    const read = await ask(bill, { line: lineOf('010-1234-5678') }, as('testuser01'));
    expect(read.data['line']?.['bill']).toMatchObject({
      billingMonth: '2026-11',
      freshness: { stale: true, source: 'CACHE' },
    });
    const input = { lineId: lineOf('010-1234-5678'), productOfferingId: '5G-PREMIUM-001', externalId: 'wish-2' };
    const refused = await ask(change, { input }, as('testuser01'));
    expect([refused.status, refused.data['createProductOrder']]).toMatchObject([200, { code: 'KOS_UNAVAILABLE' }]);
    await graph.supergraph.simulators.kos?.admin.resume();
  });

  it('shows all of it in the history', async () => {
    transcript.say('All of it is in the history: what was asked of us, and what we asked of KOS.');
    const { data } = await ask(history, { line: lineOf('010-1234-5678') }, as('testuser01'));
    expect(data['line']?.['productOrders']).toMatchObject({
      totalCount: 1,
      edges: [
        {
          node: {
            productCodeBefore: '5G-PREMIUM-001',
            productCodeAfter: '5G-STANDARD-001',
            state: 'COMPLETED',
            kosCalls: expect.arrayContaining([{ resultCode: '0000', isSuccess: true }]),
          },
        },
      ],
    });
    expect(data['line']?.['billInquiries']?.['edges']?.[0]).toMatchObject({ node: { billingMonth: '2026-11' } });
  });

  it('is the walk that the README shows', async () => {
    const walked = await transcript.text();
    if (isShown && isUpdatingReadme()) writeTranscriptToReadme(walked);
    if (isShown) expect(walked.trim()).toBe(transcriptInReadme());
    else expect(walked).not.toBe('');
  });
});

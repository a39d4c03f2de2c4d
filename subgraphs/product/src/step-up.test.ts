import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINUTE_MS } from '@supergraph/platform/time';
import fc from 'fast-check';

import { challengeOf, isStepUpNeeded, type StepUpNeed } from './domain/step-up.ts';
import { aProductGraph, sampler, type ProductGraph } from './testing/a-product-graph.ts';
import { orderChange, type Wish } from './testing/asking.ts';

/** Every plan that `aLine` proposes differs by more. */
const environment = { STEP_UP_MONTHLY_FEE_DIFFERENCE_WON: '10000' };

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph({ environment });
});
afterAll(() => product.close());

type Line = ReturnType<ProductGraph['aLine']>;

function aLineOn(productCode: string): Line {
  const line = product.aLine();
  return line.current === productCode ? line : aLineOn(productCode);
}

const wishFor = ({ lineId, target }: Line, more: Partial<Wish> = {}): Wish => ({
  externalId: 'wish',
  lineId,
  productOfferingId: target,
  ...more,
});
const changesAtKos = (lineNumber: string) =>
  product.kos.changes().filter((change) => change.lineNumber === lineNumber).length;

/** Asks without the password, and answers with what it is wanted for. */
async function challengeFor({ owner: viewer }: Line, wish: Wish): Promise<string> {
  const refusal = await orderChange(product, wish, { viewer });
  expect(refusal).toMatchObject({ __typename: 'StepUpRequired', code: 'STEP_UP_REQUIRED' });
  return String(refusal['challenge']);
}

describe('A plan change that moves the monthly fee a lot', () => {
  it('is ordered only with the password: the refusal says what is changed, and changes nothing', async () => {
    const line = aLineOn('5G-STANDARD-001');
    const wish = wishFor(line);
    const refusal = await orderChange(product, wish, { viewer: line.owner });
    expect(refusal).toEqual({
      __typename: 'StepUpRequired',
      code: 'STEP_UP_REQUIRED',
      message: '요금 차이가 큰 변경입니다. 비밀번호를 다시 입력해 주세요.',
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      productCodeBefore: '5G-STANDARD-001',
      productCodeAfter: '5G-PREMIUM-001',
      requestedStart: 'IMMEDIATELY',
      monthlyFeeDifference: { value: '20000' },
    });
    expect(changesAtKos(line.lineNumber)).toBe(0);
    expect(
      await product.query('SELECT refusal, order_id FROM change_request WHERE line_id = $1', [line.lineId]),
    ).toEqual([{ refusal: 'STEP_UP_REQUIRED', order_id: null }]);

    const stepUpToken = product.stepUpTokenOf(line.owner, String(refusal['challenge']));
    const ordered = await orderChange(product, { ...wish, stepUpToken }, { viewer: line.owner });
    expect(ordered).toMatchObject({ __typename: 'ProductOrder', state: 'COMPLETED' });
    expect(changesAtKos(line.lineNumber)).toBe(1);
  });

  it('also when it costs less: what a person relies on can be taken away, too', async () => {
    const line = aLineOn('5G-PREMIUM-001');
    const refusal = await orderChange(product, wishFor(line), { viewer: line.owner, language: 'en' });
    expect(refusal).toMatchObject({
      message: 'This changes the price a lot: please enter your password again.',
      monthlyFeeDifference: { value: '-20000' },
    });
  });

  it('is free up to the difference that is configured', async () => {
    const line = aLineOn('5G-STANDARD-001');
    const tenThousandLess = wishFor(line, { productOfferingId: 'LTE-PREMIUM-001' });
    expect(await orderChange(product, tenThousandLess, { viewer: line.owner })).toMatchObject({ state: 'COMPLETED' });
  });

  it('is told of only when nothing else stands in its way', async () => {
    const line = product.aLine();
    const wish = wishFor(line, { productOfferingId: 'M2-5G-MAX-001' });
    expect(await orderChange(product, wish, { viewer: line.owner })).toMatchObject({
      __typename: 'ProductChangeNotAllowed',
    });
  });

  it('needs the password once: the same key answers with the same order, with or without the token', async () => {
    const line = product.aLine();
    const wish = wishFor(line);
    const stepUpToken = product.stepUpTokenOf(line.owner, await challengeFor(line, wish));
    const ordered = await orderChange(product, { ...wish, stepUpToken }, { viewer: line.owner });
    product.clock.advance(10 * MINUTE_MS);
    expect(await orderChange(product, { ...wish, stepUpToken }, { viewer: line.owner })).toEqual(ordered);
    expect(await orderChange(product, wish, { viewer: line.owner })).toEqual(ordered);
    expect(changesAtKos(line.lineNumber)).toBe(1);
  });
});

describe('The password given for a change', () => {
  const minutesAgo = (minutes: number) => new Date(product.clock.now().getTime() - minutes * MINUTE_MS);
  const otherNeed: StepUpNeed = {
    lineId: 'ln_other',
    productCodeBefore: 'A',
    productCodeAfter: 'B',
    requestedStart: 'IMMEDIATELY',
    monthlyFeeDifferenceWon: 40_000,
  };

  const worthless: readonly (readonly [string, (line: Line, challenge: string) => string | Promise<string>])[] = [
    ['five minutes ago', ({ owner }, challenge) => product.stepUpTokenOf(owner, challenge, minutesAgo(5))],
    ['for anything else', ({ owner }) => product.stepUpTokenOf(owner, challengeOf(otherNeed))],
    [
      'for another plan',
      async (line) =>
        product.stepUpTokenOf(
          line.owner,
          await challengeFor(line, wishFor(line, { productOfferingId: 'LTE-TALK-001' })),
        ),
    ],
    [
      'for another day',
      async (line) =>
        product.stepUpTokenOf(line.owner, await challengeFor(line, wishFor(line, { requestedStart: 'NEXT_MONTH' }))),
    ],
    ['in another session', ({ owner }, challenge) => product.stepUpTokenOf({ ...owner, sessionId: 's2' }, challenge)],
    ['by somebody else', (_line, challenge) => product.stepUpTokenOf(sampler, challenge)],
    [
      'to somebody else',
      async ({ owner }, challenge) => {
        const elsewhere = await aProductGraph();
        await elsewhere.close();
        return elsewhere.stepUpTokenOf(owner, challenge, product.clock.now());
      },
    ],
    ['in a word that is no token', () => 'yes'],
    ['in no word', () => ''],
  ];

  it.each(worthless)('%s is worth nothing', async (_what, make) => {
    const line = product.aLine();
    const challenge = await challengeFor(line, wishFor(line));
    const stepUpToken = await make(line, challenge);
    expect(await orderChange(product, wishFor(line, { stepUpToken }), { viewer: line.owner })).toMatchObject({
      __typename: 'StepUpRequired',
      challenge,
    });
    expect(changesAtKos(line.lineNumber)).toBe(0);
  });

  it('is good until its five minutes are over', async () => {
    const line = product.aLine();
    const challenge = await challengeFor(line, wishFor(line));
    const stepUpToken = product.stepUpTokenOf(line.owner, challenge, new Date(minutesAgo(5).getTime() + 1_000));
    expect(await orderChange(product, wishFor(line, { stepUpToken }), { viewer: line.owner })).toMatchObject({
      state: 'COMPLETED',
    });
  });

  it('is good once: there and back, and there again needs it again', async () => {
    const line = product.aLine();
    const there = wishFor(line);
    const back = wishFor(line, { externalId: 'back', productOfferingId: line.current });
    const stepUpToken = product.stepUpTokenOf(line.owner, await challengeFor(line, there));
    await orderChange(product, { ...there, stepUpToken }, { viewer: line.owner });
    const backToken = product.stepUpTokenOf(line.owner, await challengeFor(line, back));
    expect(await orderChange(product, { ...back, stepUpToken: backToken }, { viewer: line.owner })).toMatchObject({
      state: 'COMPLETED',
    });
    const again = { ...there, externalId: 'again' };
    expect(await orderChange(product, { ...again, stepUpToken }, { viewer: line.owner })).toMatchObject({
      __typename: 'StepUpRequired',
    });
    expect(changesAtKos(line.lineNumber)).toBe(2);
  });

  it('is good for one of several orders that are made with it at once', async () => {
    const line = product.aLine();
    const stepUpToken = product.stepUpTokenOf(line.owner, await challengeFor(line, wishFor(line)));
    const answers = await Promise.all(
      ['one', 'two', 'three', 'four'].map((externalId) =>
        orderChange(product, wishFor(line, { externalId, stepUpToken }), { viewer: line.owner }),
      ),
    );
    expect(answers.filter(({ __typename }) => __typename === 'ProductOrder')).toHaveLength(1);
    expect(changesAtKos(line.lineNumber)).toBe(1);
  });

  it('is still good when the order it was used for certainly never left', async () => {
    const own = await aProductGraph({ environment });
    const confirmed = async (line: Line): Promise<Wish> => {
      const refusal = await orderChange(own, wishFor(line), { viewer: line.owner });
      return wishFor(line, { stepUpToken: own.stepUpTokenOf(line.owner, String(refusal['challenge'])) });
    };
    try {
      // Five changes that fail open the circuit of changes; everything else at KOS goes on.
      own.kos.faults.replace([{ operation: 'product-change', status: 503 }]);
      for (let failed = 0; failed < 5; failed += 1) {
        const victim = own.aLine();
        await orderChange(own, await confirmed(victim), { viewer: victim.owner });
      }
      const line = own.aLine();
      const wish = await confirmed(line);
      expect(await orderChange(own, wish, { viewer: line.owner })).toMatchObject({ __typename: 'BackendUnavailable' });
      expect(await own.query('SELECT failure_cause FROM product_order WHERE line_id = $1', [line.lineId])).toEqual([
        { failure_cause: 'NEVER_SENT' },
      ]);
      own.kos.faults.clear();
      // The circuit is open for all who share a Redis; alone, it starts closed.
      await own.restart({ REDIS_URL: '' });
      expect(await orderChange(own, wish, { viewer: line.owner })).toMatchObject({ state: 'COMPLETED' });
    } finally {
      await own.close();
    }
  });
});

describe('What a change is named by', () => {
  const needs = fc.record<StepUpNeed>({
    lineId: fc.constantFrom('ln_1', 'ln_2'),
    productCodeBefore: fc.constantFrom('A', 'B'),
    productCodeAfter: fc.constantFrom('A', 'B'),
    requestedStart: fc.constantFrom('IMMEDIATELY', 'NEXT_MONTH'),
    monthlyFeeDifferenceWon: fc.option(fc.integer({ min: -2, max: 2 })),
  });

  it('is the same for the same change at the same price, and for no other', () => {
    fc.assert(
      fc.property(needs, needs, (one, other) => {
        expect(challengeOf(one) === challengeOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('is asked for when nobody knows what the current plan costs', () => {
    expect(isStepUpNeeded({ monthlyFeeDifferenceWon: null }, 1_000_000)).toBe(true);
    expect(isStepUpNeeded({ monthlyFeeDifferenceWon: -30_001 }, 30_000)).toBe(true);
    expect(isStepUpNeeded({ monthlyFeeDifferenceWon: 30_000 }, 30_000)).toBe(false);
  });
});

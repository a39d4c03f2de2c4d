import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CodedError } from '../errors/index.ts';
import { readPage, toConnection, toCursor, type PageWish } from './index.ts';

const rules = { maxFirst: 100, decode: (text: string) => (/^\d+$/.test(text) ? Number(text) : null) };

describe('a page', () => {
  it.each([0, -1, 101, 2 ** 31, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('is not %s items long', (first) => {
    expect(() => readPage({ first }, rules)).toThrow(new CodedError('INVALID_PAGE'));
  });

  it('does not start at a cursor that is not ours', () => {
    fc.assert(
      fc.property(fc.string(), (after) => {
        const isOurs = /^\d+$/.test(Buffer.from(after, 'base64url').toString('utf8'));
        fc.pre(!isOurs);
        expect(() => readPage({ first: 1, after }, rules)).toThrow(new CodedError('INVALID_PAGE'));
      }),
    );
  });

  it('walks through everything once, whatever the page size', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 100 }), (total, first) => {
        const all = Array.from({ length: total }, (_, index) => index);
        const seen: number[] = [];
        let after: string | null = null;
        for (let isMore = true; isMore;) {
          const wish: PageWish<number> = readPage({ first, after }, rules);
          const rest: number[] = all.filter((item) => item > (wish.after ?? -1)).slice(0, first + 1);
          const page = toConnection({
            items: rest,
            wish,
            totalCount: total,
            edge: (item) => ({ node: item, cursor: toCursor(String(item)) }),
          });
          expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
          seen.push(...page.edges.map((edge) => edge.node));
          after = page.pageInfo.endCursor;
          isMore = page.pageInfo.hasNextPage;
        }
        expect(seen).toEqual(all);
      }),
    );
  });
});

import type { RequestContext } from '@supergraph/platform/server';

import type { Resolvers } from './stand-in-subgraphs.ts';

const freshness = { fetchedAt: new Date('2026-11-21T00:00:00Z'), stale: false, source: 'KOS' };
const lines = (...ids: string[]) => ids.map((id) => ({ id, phoneNumber: '010-1234-5678' }));

/** A query that crosses auth and product; auth lists the first of the customer's two lines twice. */
export const everything = '{ me { loginId customer { lines { id phoneNumber currentProduct { productCode } } } } }';

/** Auth with one customer; tells of each time it is asked for the caller. */
export const authOfOneCustomer = (asked: (context: RequestContext) => void = () => undefined): Resolvers => ({
  Query: {
    me: (_: unknown, __: unknown, context: RequestContext) => {
      asked(context);
      return { id: 'usr_1', loginId: 'kim', customer: { id: 'cus_1', lines: lines('ln_1', 'ln_2', 'ln_1') } };
    },
  },
});

/** Product with a plan for every line; tells of each line it is asked for. */
export const productOfAnyLine = (asked: (lineId: string) => void = () => undefined): Resolvers => ({
  Line: {
    __resolveReference: ({ id }: { id: string }) => {
      asked(id);
      return { id };
    },
    currentProduct: ({ id }: { id: string }) => ({ id: `prd_${id}`, productCode: `5G-${id}`, freshness }),
  },
});

import type { KosCall } from '../domain/kos-call.ts';
import type { OrderPosition } from '../domain/order-position.ts';
import type { OrderFilter, OrderHistory } from '../domain/ports.ts';
import type { Prisma } from './generated/client.ts';
import type { ProductDatabase } from './product-database.ts';
import { callOf } from './kos-call-rows.ts';
import { orderOf } from './order-rows.ts';

const beyond = ({ at, id }: OrderPosition) => ({
  OR: [{ requestedAt: { lt: at } }, { requestedAt: at, id: { lt: id } }],
});

const matching = ({ state, requestedFrom, requestedBefore }: OrderFilter): Prisma.ProductOrderWhereInput => ({
  ...(state !== null && { state }),
  requestedAt: {
    ...(requestedFrom !== null && { gte: requestedFrom }),
    ...(requestedBefore !== null && { lt: requestedBefore }),
  },
});

export function createOrderHistory(database: ProductDatabase): OrderHistory {
  return {
    async findOwn(customerId, ids) {
      const rows = await database.productOrder.findMany({ where: { customerId, id: { in: [...ids] } } });
      return rows.map(orderOf);
    },
    async page({ customerId, lineId, filter, page: { first, after } }) {
      const where = { customerId, lineId, ...matching(filter) };
      const [rows, totalCount] = await Promise.all([
        database.productOrder.findMany({
          where: after === null ? where : { AND: [where, beyond(after)] },
          orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
          take: first + 1,
        }),
        database.productOrder.count({ where }),
      ]);
      return { orders: rows.map(orderOf), totalCount };
    },
    async callsOf(orderIds) {
      const rows = await database.kosCall.findMany({
        where: { subjectId: { in: [...orderIds] } },
        orderBy: { sequence: 'asc' },
      });
      const calls = new Map<string, KosCall[]>(orderIds.map((id) => [id, []]));
      for (const row of rows) calls.get(row.subjectId)?.push(callOf(row));
      return calls;
    },
  };
}

import type { OrderPosition } from '../domain/order-position.ts';
import type { HeldOrders } from '../domain/ports.ts';
import { isIn } from '../domain/product-order.ts';
import { orderOf } from './order-rows.ts';
import type { ProductDatabase } from './product-database.ts';

const beyond = ({ at, id }: OrderPosition) => ({
  OR: [{ handedOverAt: { gt: at } }, { handedOverAt: at, id: { gt: id } }],
});

export function createHeldOrders(database: ProductDatabase): HeldOrders {
  const where = { state: 'NEEDS_OPERATOR' } as const;
  return {
    async page({ first, after }) {
      const [rows, totalCount] = await Promise.all([
        database.productOrder.findMany({
          where: after === null ? where : { AND: [where, beyond(after)] },
          orderBy: [{ handedOverAt: 'asc' }, { id: 'asc' }],
          take: first + 1,
        }),
        database.productOrder.count({ where }),
      ]);
      return { orders: rows.map(orderOf).filter((order) => isIn(order, 'NEEDS_OPERATOR')), totalCount };
    },
  };
}

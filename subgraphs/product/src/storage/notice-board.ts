import type { NoticeBoard, NoticePosition } from '../domain/customer-notice.ts';
import { isSettledOrder } from '../domain/settled-order.ts';
import type { ProductOrder as OrderRow } from './generated/client.ts';
import { orderOf } from './order-rows.ts';
import type { ProductDatabase } from './product-database.ts';

const beyond = ({ sentAt, id }: NoticePosition) => ({
  OR: [{ sentAt: { lt: sentAt } }, { sentAt, id: { lt: id } }],
});

/** Notices are written about settled orders, which stay settled, so anything else is damage, not a case. */
function settledOrderOf(row: OrderRow) {
  const order = orderOf(row);
  if (!isSettledOrder(order)) throw new Error('a notice is about an order that is not settled');
  return order;
}

/** Notices in table customer_notice. */
export const createNoticeBoard = (database: ProductDatabase): NoticeBoard => ({
  async put(notice) {
    await database.customerNotice.createMany({ data: notice, skipDuplicates: true });
  },
  async page(customerId, { first, after }) {
    const where = { customerId };
    const [rows, totalCount] = await Promise.all([
      database.customerNotice.findMany({
        where: after === null ? where : { AND: [where, beyond(after)] },
        orderBy: [{ sentAt: 'desc' }, { id: 'desc' }],
        take: first + 1,
        include: { order: true },
      }),
      database.customerNotice.count({ where }),
    ]);
    return { notices: rows.map(({ id, sentAt, order }) => ({ id, sentAt, order: settledOrderOf(order) })), totalCount };
  },
});

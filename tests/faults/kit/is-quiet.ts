import type { Stack } from './stack.ts';

/** Nothing in doubt, nothing on its way from an outbox to an inbox, and nothing waiting there. */
export async function isQuiet(stack: Pick<Stack, 'query'>): Promise<boolean> {
  const messages = withMessages.map((database) => stack.query<Count>(database, pendingMessages));
  const counts = await Promise.all([stack.query<Count>('product', openOrders), ...messages]);
  return counts.flat().every(({ count }) => count === 0);
}

type Count = { readonly count: number };

const withMessages = ['billing', 'product'] as const;
const openOrders = `SELECT count(*)::int AS count FROM product_order WHERE state NOT IN ('COMPLETED', 'REJECTED', 'FAILED')`;
const pendingMessages = `SELECT ((SELECT count(*) FROM outbox_message WHERE settled_at IS NULL)
  + (SELECT count(*) FROM inbox_message WHERE settled_at IS NULL))::int AS count`;

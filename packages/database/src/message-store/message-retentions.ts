import type { Retention } from '../retention.ts';

/**
 * Messages are kept so long after they were settled; that must exceed the time in which one can come again, because an
 * inbox knows a message by its row. What was set aside stays until somebody has put it back or given it up.
 */
export const messageRetentions = (keptMs: number): readonly Retention[] =>
  ['outbox_message', 'inbox_message'].map((table) => ({
    table,
    since: 'settled_at',
    keptMs,
    where: 'set_aside_reason IS NULL OR given_up_reason IS NOT NULL',
  }));

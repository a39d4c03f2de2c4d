import type { Json } from '../../support/graphql-client.ts';
import type { Customer } from './customers.ts';

export type What = 'log in' | 'bill' | 'product' | 'change' | 'order' | 'other';

/** What came of a question. `failed` was told to us as not done; of `unclear` nobody outside can know. */
export type Outcome = 'answered' | 'failed' | 'unclear';

/** One question of a front end and what came of it; instants are milliseconds of this process's monotonic clock. */
export interface Turn {
  readonly what: What;
  readonly customer: Customer;
  /** The variables of the operation: month, key, plan, id of an order. */
  readonly about: Readonly<Record<string, string>>;
  readonly askedAt: number;
  readonly end: Ending | null;
}

export interface Ending {
  readonly kind: Outcome;
  readonly at: number;
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Code of the error or of the refusal; null for what was asked for. */
  readonly code: string | null;
  /** The value of the operation's one field. */
  readonly data: Json | null;
  /** The answer as it came, kept only when it tells what nobody outside should see. */
  readonly leak: string | null;
}

/** All that was asked of a stack, in the order of asking. */
export interface History {
  readonly turns: readonly Turn[];
  /** Writes a question down before it is sent; what it answers with writes down how that ended. */
  ask(question: Pick<Turn, 'what' | 'customer' | 'about'>): (end: Omit<Ending, 'at'>) => Reply;
}

/** How one question ended, for whoever asked it. */
export type Reply = Ending & {
  readonly tookMs: number;
  /** Answered, and not marked as stale. */
  readonly isFresh: boolean;
};

/** Makes an empty history. */
export function createHistory(): History {
  const turns: Turn[] = [];
  return {
    turns,
    ask(question) {
      const askedAt = performance.now();
      const index = turns.push({ ...question, askedAt, end: null }) - 1;
      return (end) => {
        const ending = { ...end, at: performance.now() };
        turns[index] = { ...question, askedAt, end: ending };
        return { ...ending, tookMs: ending.at - askedAt, isFresh: end.kind === 'answered' && !isStale(end.data) };
      };
    },
  };
}

/** Whether an answer is marked as possibly outdated. */
export const isStale = (data: Json | null): boolean => String(data?.['freshness']?.['stale'] ?? false) === 'true';

import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { Bulkhead } from '../domain/ports.ts';

/** Makes a bulkhead: so many at a time, so many waiting in order of arrival, nobody else. */
export function createBulkhead(limits: {
  readonly concurrent: number;
  readonly waiting: number;
  readonly clock: Clock;
}): Bulkhead {
  let running = 0;
  const queue: (() => void)[] = [];

  const overloaded = () => new CodedError('OVERLOADED', { retryAfterMs: SECOND_MS });

  async function enter(): Promise<void> {
    if (running < limits.concurrent) {
      running += 1;
      return;
    }
    if (queue.length >= limits.waiting) throw overloaded();
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  /** A place is handed on rather than freed, so that no newcomer slips past those who wait. */
  function leave(): void {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(work, deadline) {
      await enter();
      try {
        if (deadline !== null && deadline <= limits.clock.now()) throw overloaded();
        return await work();
      } finally {
        leave();
      }
    },
  };
}

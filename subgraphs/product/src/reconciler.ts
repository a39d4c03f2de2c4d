import { createRepetition, type Repetition } from '@supergraph/platform/time';

import type { SettleProductChange } from './domain/settle-product-change.ts';

/** Looks after orders in doubt, one after another, as long as any is due. */
export interface Reconciler extends Repetition {
  /** Resolves when nothing is due any more, or it was stopped. Works without `start`, too. */
  run(): Promise<void>;
}

export function createReconciler(deps: {
  readonly settle: SettleProductChange;
  /** How long it rests when nothing is due. */
  readonly everyMs: number;
  readonly onFailure: (error: unknown) => void;
}): Reconciler {
  const { settle, everyMs, onFailure } = deps;
  let isStopped = false;
  let running: Promise<void> | undefined;

  async function settleAll(): Promise<void> {
    try {
      while (!isStopped && (await settle()));
    } catch (error) {
      onFailure(error);
    } finally {
      running = undefined;
    }
  }

  const run = (): Promise<void> => (running ??= settleAll());
  const repetition = createRepetition({ work: run, pauseMs: everyMs, onFailure });

  return {
    start: () => {
      repetition.start();
    },
    run,
    async stop() {
      isStopped = true;
      await repetition.stop();
      await running;
    },
  };
}

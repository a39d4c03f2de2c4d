import type { SettleProductChange } from './domain/settle-product-change.ts';

/** Looks after orders in doubt, one after another, as long as any is due. */
export interface Reconciler {
  start(): void;
  /** Resolves when nothing is due any more. Works without `start`, too. */
  run(): Promise<void>;
  /** For good; resolves when the look under way is over. */
  stop(): Promise<void>;
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
  let timer: NodeJS.Timeout | undefined;

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

  async function goOn(): Promise<void> {
    await run();
    if (!isStopped) timer = setTimeout(() => void goOn(), everyMs);
  }

  return {
    start: () => void goOn(),
    run,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Has the catalogue at hand before the first customer asks, and renewed before it is too old to be shown as new. */
export interface CatalogueKeeper {
  /** Looks after it at once, and then again and again. */
  start(): void;
  /** For good; resolves when the look under way is over. */
  stop(): Promise<void>;
}

export function createCatalogueKeeper(deps: {
  readonly keepWarm: () => Promise<void>;
  readonly everyMs: number;
  readonly onFailure: (error: unknown) => void;
}): CatalogueKeeper {
  const { keepWarm, everyMs, onFailure } = deps;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  function look(): void {
    looking = keepWarm()
      .catch(onFailure)
      .then(() => {
        if (!isStopped) timer = setTimeout(look, everyMs);
      });
  }

  return {
    start: look,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

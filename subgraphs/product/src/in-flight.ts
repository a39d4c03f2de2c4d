/** Work that goes on after the answer it was begun for, and must end before the service does. */
export interface InFlight {
  /** Answers the same promise; its failure is also told to whoever made this. */
  track<T>(work: Promise<T>): Promise<T>;
  settled(): Promise<void>;
}

export function createInFlight(onFailure: (error: unknown) => void): InFlight {
  const works = new Set<Promise<unknown>>();
  return {
    track(work) {
      const watched = work.catch(onFailure).finally(() => works.delete(watched));
      works.add(watched);
      return work;
    },
    async settled() {
      while (works.size > 0) await Promise.all(works);
    },
  };
}

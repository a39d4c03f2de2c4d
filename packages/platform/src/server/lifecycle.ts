/** Owns what a service opens and closes it again, newest first. */
export interface Lifecycle {
  /** Takes over a resource together with the way to close it; answers the resource. */
  own<Resource>(resource: Resource, close: (resource: Resource) => unknown): Resource;
  /** Closes everything once; all are tried, the first failure is thrown at the end. */
  close(): Promise<void>;
}

/** Makes an owner of nothing yet. */
export function createLifecycle(): Lifecycle {
  const closers: (() => unknown)[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of closers.reverse()) {
      try {
        await close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    own: (resource, close) => {
      closers.push(() => close(resource));
      return resource;
    },
    close: () => (closing ??= closeAll()),
  };
}

/** A question under way, and the one that those share who came after it was put. */
interface Round<T> {
  readonly current: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Lets readers share one answer without any of them getting one older than their question: whoever comes while a read is
 * under way gets the next, together with everybody else who came meanwhile. So a crowd costs two reads.
 */
export function createSharedReads<T>(): (key: string, read: () => Promise<T>) => Promise<T> {
  const rounds = new Map<string, Round<T>>();

  function begin(key: string, read: () => Promise<T>): Promise<T> {
    const current = read();
    const round: Round<T> = { current, next: null };
    rounds.set(key, round);
    const end = () => {
      if (rounds.get(key) === round && round.next === null) rounds.delete(key);
    };
    current.then(end, end);
    return current;
  }

  return (key, read) => {
    const round = rounds.get(key);
    if (round === undefined) return begin(key, read);
    round.next ??= round.current.then(
      () => begin(key, read),
      () => begin(key, read),
    );
    return round.next;
  };
}

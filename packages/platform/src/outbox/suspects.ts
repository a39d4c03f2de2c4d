/** How many messages are remembered; the one tried longest ago is forgotten first. */
const remembered = 1_000;

/**
 * The messages that got no answer, as when their destination is away. If others get through meanwhile it is not away:
 * it cannot bear this message.
 */
export interface Suspects {
  has(id: string): boolean;
  /** Notes a try that got no answer; true when others got through between this try and the one before. */
  unanswered(id: string): boolean;
  /** Ends tries made side by side. They say nothing about each other: a destination may go or come between them. */
  endRound(hasDelivered: boolean): void;
}

/** Makes an empty list, for one destination. */
export function createSuspects(): Suspects {
  const triedIn = new Map<string, number>();
  let round = 0;
  let lastDelivery = -1;

  return {
    has: (id) => triedIn.has(id),
    unanswered(id) {
      const before = triedIn.get(id) ?? round;
      triedIn.delete(id);
      triedIn.set(id, round);
      const [oldest] = triedIn.keys();
      if (triedIn.size > remembered && oldest !== undefined) triedIn.delete(oldest);
      return before < lastDelivery;
    },
    endRound(hasDelivered) {
      if (hasDelivered) lastDelivery = round;
      round += 1;
    },
  };
}

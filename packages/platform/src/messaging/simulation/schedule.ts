import fc from 'fast-check';

/**
 * What happens at one contact with the outside: it is refused, the other side is away, it succeeds and the answer is
 * lost, or the process dies before or after it took effect.
 */
export const faults = ['refused', 'away', 'answer lost', 'dies before', 'dies after'] as const;
export type Fault = (typeof faults)[number] | 'none';

export interface PlannedMessage {
  readonly key: string;
  /** Which consumer can never handle it. */
  readonly poisonFor: 'nobody' | 'tell' | 'notify';
  /** What that consumer's destination does on it: says no, or breaks, which looks like an outage. */
  readonly poisonIs: 'refused' | 'unanswered';
}

export interface Round {
  readonly messages: readonly PlannedMessage[];
  /** How much later the next one begins. */
  readonly pauseMs: number;
}

/** One life of the world. After the end of a list nothing goes wrong and the first who waits is next. */
export interface Schedule {
  readonly transport: 'local' | 'queues';
  readonly rounds: readonly Round[];
  /** Contact by contact. */
  readonly faults: readonly Fault[];
  /** Turn by turn, which of those who wait goes on. */
  readonly picks: readonly number[];
}

const harmless = Array.from({ length: 20 }, () => 'nobody' as const);
const message: fc.Arbitrary<PlannedMessage> = fc.record({
  key: fc.constantFrom('line-1', 'line-2'),
  poisonFor: fc.constantFrom<PlannedMessage['poisonFor']>(...harmless, 'tell', 'notify'),
  poisonIs: fc.constantFrom('refused', 'refused', 'refused', 'unanswered'),
});
const round: fc.Arbitrary<Round> = fc.record({
  messages: fc.array(message, { maxLength: 3 }),
  pauseMs: fc.constantFrom(0, 1_000, 10_000, 60_000),
});
const calm: readonly Fault[] = Array.from({ length: 20 }, () => 'none');

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  transport: fc.constantFrom('local', 'queues'),
  rounds: fc.array(round, { minLength: 1, maxLength: 3, size: 'max' }),
  faults: fc.array(fc.constantFrom<Fault>(...calm, ...faults), { maxLength: 80, size: 'max' }),
  picks: fc.array(fc.nat({ max: 7 }), { maxLength: 80, size: 'max' }),
});

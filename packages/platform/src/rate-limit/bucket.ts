/** What a bucket of tokens holds at most, and how many come back, in whole steps. */
export interface BucketRule {
  readonly capacity: number;
  readonly refillTokens: number;
  readonly refillEveryMs: number;
}

/** A bucket as it was when it was last asked. */
export interface Bucket {
  readonly tokens: number;
  /** When the last step came, in milliseconds. */
  readonly sinceMs: number;
}

/** Whether a bucket had enough, and how it stands now. */
export interface Standing {
  readonly isGranted: boolean;
  /** What it holds at most. */
  readonly limit: number;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Until there are as many as were asked for, in milliseconds; 0 when they were granted. */
  readonly retryAfterMs: number;
  /** Until it is full, in milliseconds. */
  readonly fullAfterMs: number;
}

/** Forgives what adding fractions loses. */
const grain = 1e-6;

/** The rule by which `count` may be spent at once, and come back in `steps` equal parts over `periodMs`. */
export const bucketOf = (count: number, periodMs: number, steps: number): BucketRule => ({
  capacity: count,
  refillTokens: count / steps,
  refillEveryMs: periodMs / steps,
});

/** The part of a rule that one of several processes may grant when none knows of the others. */
export const shareOf = ({ capacity, refillTokens, refillEveryMs }: BucketRule, processes: number): BucketRule => ({
  capacity: Math.max(1, Math.floor(capacity / processes)),
  refillTokens: refillTokens / processes,
  refillEveryMs,
});

/** A bucket after the steps that have come meanwhile. A clock that was set back grants nothing, and holds nothing up. */
function refilled(bucket: Bucket | undefined, rule: BucketRule, nowMs: number): Bucket {
  if (bucket === undefined) return { tokens: rule.capacity, sinceMs: nowMs };
  const sinceMs = Math.min(bucket.sinceMs, nowMs);
  const steps = Math.floor((nowMs - sinceMs) / rule.refillEveryMs);
  const tokens = Math.min(rule.capacity, bucket.tokens + steps * rule.refillTokens);
  return { tokens, sinceMs: tokens < rule.capacity ? sinceMs + steps * rule.refillEveryMs : nowMs };
}

/**
 * Takes tokens out of a bucket, all that are asked for or none; a negative number puts some back. More than it holds
 * costs what it holds. What was paid of it before is not taken again; who is refused may come again when the bucket holds
 * the whole price. In any time T it grants at most `capacity + refillTokens * (floor(T / refillEveryMs) + 1)`.
 */
export function takeFrom(
  bucket: Bucket | undefined,
  rule: BucketRule,
  asked: { readonly cost: number; readonly paid: number; readonly nowMs: number },
): { readonly bucket: Bucket; readonly standing: Standing } {
  const { paid, nowMs } = asked;
  const before = refilled(bucket, rule, nowMs);
  const price = Math.min(asked.cost, rule.capacity);
  const due = price - paid;
  const isGranted = before.tokens + grain >= due;
  const left = isGranted ? before.tokens - due : before.tokens;
  const after = { tokens: Math.min(rule.capacity, Math.max(0, left)), sinceMs: before.sinceMs };
  const untilHolding = (wanted: number): number => {
    const missing = wanted - after.tokens - grain;
    return missing <= 0 ? 0 : after.sinceMs + Math.ceil(missing / rule.refillTokens) * rule.refillEveryMs - nowMs;
  };
  return {
    bucket: after,
    standing: {
      isGranted,
      limit: rule.capacity,
      remaining: Math.floor(after.tokens + grain),
      retryAfterMs: isGranted ? 0 : untilHolding(price),
      fullAfterMs: untilHolding(rule.capacity),
    },
  };
}

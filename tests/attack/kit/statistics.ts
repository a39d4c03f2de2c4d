/** The value in the middle; of no values, 0. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The value that this share of all values is at most. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

/** The share of sorted values that are at most this one. */
function shareUpTo(sorted: readonly number[], value: number): number {
  let count = 0;
  while (count < sorted.length && (sorted[count] ?? 0) <= value) count += 1;
  return count / sorted.length;
}

/**
 * How likely two samples as different as these come from one distribution: the Kolmogorov–Smirnov test, by the asymptotic
 * formula, which is good from some 30 values a sample on.
 */
export function sameDistribution(one: readonly number[], other: readonly number[]): number {
  const [first, second] = [one, other].map((values) => [...values].sort((a, b) => a - b));
  if (first === undefined || second === undefined) return 1;
  const largest = Math.max(
    ...[...first, ...second].map((value) => Math.abs(shareUpTo(first, value) - shareUpTo(second, value))),
  );
  const size = Math.sqrt((first.length * second.length) / (first.length + second.length));
  const lambda = (size + 0.12 + 0.11 / size) * largest;
  // the series does not converge where nothing differs
  if (lambda < 0.2) return 1;
  const terms = Array.from(
    { length: 100 },
    (_, at) => (at % 2 === 0 ? 1 : -1) * Math.exp(-2 * (lambda * (at + 1)) ** 2),
  );
  return Math.min(1, Math.max(0, 2 * terms.reduce((sum, term) => sum + term, 0)));
}

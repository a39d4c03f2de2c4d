const keptMonths = 24;
/** Seoul keeps one time all year. */
const seoulOffsetMs = 9 * 3_600_000;

/** The first moment of the month, in Seoul, from which records are kept: whole months go once they are two years old. */
export function keptFrom(now: Date): Date {
  const inSeoul = new Date(now.getTime() + seoulOffsetMs);
  return new Date(Date.UTC(inSeoul.getUTCFullYear(), inSeoul.getUTCMonth() - keptMonths, 1) - seoulOffsetMs);
}

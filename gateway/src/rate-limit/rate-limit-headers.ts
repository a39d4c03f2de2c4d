import type { Standing } from '@supergraph/platform/rate-limit';
import { SECOND_MS } from '@supergraph/platform/time';

/** Tells a client how its tightest limit stands: requests in all, those left, and the seconds until all are back. */
export const rateLimitHeaders = ({ limit, remaining, fullAfterMs }: Standing): Readonly<Record<string, string>> => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(Math.ceil(fullAfterMs / SECOND_MS)),
});

/** The names of those headers, for pages of other origins to read. */
export const rateLimitHeaderNames = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'] as const;

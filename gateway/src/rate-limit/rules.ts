import { bucketOf, type BucketRule } from '@supergraph/platform/rate-limit';
import { HOUR_MS, MINUTE_MS } from '@supergraph/platform/time';

/** What an address may do that guesses or renews a proof of who somebody is. */
export type ProofLimit = 'login' | 'refresh' | 'step-up';

/** Whatever is limited by itself. */
export type LimitName = ProofLimit | 'user' | 'anonymous' | 'client' | 'failed login';

/** A tenth comes back every six seconds. */
export const perMinute = (count: number): BucketRule => bucketOf(count, MINUTE_MS, 10);

/** Nothing comes back before a minute is over, so that a guesser gets no more by guessing slowly. */
const perWholeMinute = (count: number): BucketRule => bucketOf(count, MINUTE_MS, 1);

const proofsPerMinute = 20;

/** By address, in requests. They hold for whoever asks, and refuse when nobody can remember the address. */
export const proofRules: Readonly<Record<ProofLimit, BucketRule>> = {
  login: perWholeMinute(proofsPerMinute),
  refresh: perWholeMinute(proofsPerMinute),
  'step-up': perWholeMinute(proofsPerMinute),
};

/**
 * By address, in log-ins with a wrong password. Five of them block an account: in any hour these are at most 50 and 45
 * more, so that one address cannot block more than twenty.
 */
export const failedLoginRule: BucketRule = { ...bucketOf(45, HOUR_MS, 10), capacity: 50 };

/**
 * The codes of the answers that count against a limit which is for failures alone. A wrong password brings an account
 * nearer to being blocked; whoever renews what is theirs takes nothing from the neighbours behind the same address.
 */
const failures: Partial<Readonly<Record<LimitName, ReadonlySet<string>>>> = {
  'failed login': new Set(['INVALID_CREDENTIALS']),
  refresh: new Set(['REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_REUSED']),
};

/** What counts against a limit when it failed with one of these codes, and is given back otherwise; null: all counts. */
export const failuresOf = (limit: LimitName): ReadonlySet<string> | null => failures[limit] ?? null;

/** Which root fields prove who somebody is, whatever their other limits. */
const proofFields: Readonly<Record<string, ProofLimit>> = {
  login: 'login',
  refreshSession: 'refresh',
  createStepUp: 'step-up',
};

/** The limits of proofs that an operation with these root fields counts against. */
export const proofsIn = (rootFields: Iterable<string>): readonly ProofLimit[] =>
  [...rootFields].flatMap((field) => proofFields[field] ?? []);

/** How many requests one counts for that costs as much as its role allows; one that costs next to nothing counts once. */
const heaviest = 10;

/**
 * How many requests an operation counts for: one, and nine more by the share that its estimated cost has of the most that
 * its role may ask for, rounded down. So a screen's ordinary query counts once, and a role's dearest ten times.
 */
export function weightOf(estimatedCost: number, maxCost: number): number {
  const share = maxCost > 0 ? Math.min(1, Math.max(0, estimatedCost / maxCost)) : 0;
  return 1 + Math.floor(share * (heaviest - 1));
}

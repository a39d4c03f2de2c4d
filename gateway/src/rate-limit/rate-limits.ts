import { CodedError } from '@supergraph/platform/errors';
import {
  addressKeyOf,
  createRateLimiter,
  type BucketRule,
  type RateLimiter,
  type RateLimiterOptions,
  type Standing,
} from '@supergraph/platform/rate-limit';
import type { Clock } from '@supergraph/platform/time';

import {
  failedLoginRule,
  failuresOf,
  perMinute,
  proofRules,
  proofsIn,
  type LimitName,
  type ProofLimit,
} from './rules.ts';

/** Whoever sent a request, as far as limits are concerned. */
export interface CountedCaller {
  /** Opaque id of the account; null for nobody. */
  readonly userId: string | null;
  /** What the caller's role may ask for in a minute; nobody's is counted by address. */
  readonly requestsPerMinute: number;
  readonly address: string;
  /** What the client calls itself; null when it does not say. */
  readonly clientName: string | null;
  /** Told how the tightest of the limits stands, whether they grant it or not. */
  readonly tell: (standing: Standing) => void;
}

/** An operation that may run, as far as limits are concerned. */
export interface CountedOperation {
  /** Names of its root fields. */
  readonly rootFields: Iterable<string>;
  /** For how many requests it counts. */
  readonly weight: number;
}

/** A request that was counted once, whatever becomes of it. */
export interface CountedRequest {
  /** Counts the rest before anything is asked on its behalf. Throws RATE_LIMITED, with the time to wait. */
  admit(operation: CountedOperation): Promise<Admission>;
}

/** A request that is within its limits. */
export interface Admission {
  /** Says with which codes it was answered: what proved to be right gives back what only a failure costs. */
  settle(codes: readonly string[]): Promise<void>;
}

/** Bounds what everybody may ask for. */
export interface RateLimits {
  /** Counts a request once, before work is put into reading it closely. Throws RATE_LIMITED, with the time to wait. */
  enter(caller: CountedCaller): Promise<CountedRequest>;
}

/** What becomes known about each decision. */
export interface RateLimitEvents {
  decided(limit: LimitName, isGranted: boolean): void;
}

interface Counting {
  readonly limit: LimitName;
  readonly limiter: RateLimiter;
  readonly key: string;
  readonly cost: number;
  readonly paid?: number;
}

const nothingToSettle: Admission = { settle: () => Promise.resolve() };

/** Multiplies what a rule grants. */
const times = (factor: number, { capacity, refillTokens, refillEveryMs }: BucketRule): BucketRule => ({
  capacity: Math.max(1, Math.floor(capacity * factor)),
  refillTokens: refillTokens * factor,
  refillEveryMs,
});

const tighter = (one: Standing, other: Standing): Standing =>
  other.remaining / other.limit < one.remaining / one.limit ? other : one;

const refusalBy = ({ retryAfterMs }: Standing) => new CodedError('RATE_LIMITED', { retryAfterMs });

/** Makes the limits of a gateway; without a shared store each instance grants an equal share. */
export function createRateLimits(options: {
  readonly shared: RateLimiterOptions['shared'];
  readonly instances: number;
  /** Multiplies every limit (1 in production). */
  readonly factor: number;
  /** What all who are signed in may ask for in a minute by one client program. */
  readonly clientRequestsPerMinute: number;
  readonly clock: Clock;
  readonly events: RateLimitEvents;
}): RateLimits {
  const { shared, instances, factor, clock, events } = options;
  const nowMs = () => clock.now().getTime();
  const limiterOf = (name: string, rule: BucketRule, whenFull: RateLimiterOptions['whenFull'] = 'forget the other') =>
    createRateLimiter({ rule: times(factor, rule), name, shared, instances, nowMs, whenFull });

  const proofs: Readonly<Record<ProofLimit, RateLimiter>> = {
    login: limiterOf('login', proofRules.login, 'refuse'),
    refresh: limiterOf('refresh', proofRules.refresh, 'refuse'),
    'step-up': limiterOf('step-up', proofRules['step-up'], 'refuse'),
  };
  const failedLogins = limiterOf('failed-login', failedLoginRule, 'refuse');
  const clients = limiterOf('client', perMinute(options.clientRequestsPerMinute));
  const callers = new Map<string, RateLimiter>();

  /** One limiter for each figure in the table of roles. */
  function callersOf(kind: 'user' | 'anonymous', requestsPerMinute: number): RateLimiter {
    const name = `${kind}-${requestsPerMinute}`;
    const limiter = callers.get(name) ?? limiterOf(name, perMinute(requestsPerMinute));
    callers.set(name, limiter);
    return limiter;
  }

  function countingOf({ userId, requestsPerMinute, address }: CountedCaller): Counting {
    return userId === null
      ? { limit: 'anonymous', limiter: callersOf('anonymous', requestsPerMinute), key: addressKeyOf(address), cost: 1 }
      : { limit: 'user', limiter: callersOf('user', requestsPerMinute), key: userId, cost: 1 };
  }

  /** What is left to count when the caller was counted once. */
  function restOf(caller: CountedCaller, { rootFields, weight }: CountedOperation): readonly Counting[] {
    const { userId, clientName } = caller;
    const address = addressKeyOf(caller.address);
    const ofCaller: readonly Counting[] = weight > 1 ? [{ ...countingOf(caller), cost: weight, paid: 1 }] : [];
    const ofProofs = proofsIn(rootFields).flatMap((limit): readonly Counting[] => [
      { limit, limiter: proofs[limit], key: address, cost: 1 },
      ...(limit === 'login' ? [{ limit: 'failed login', limiter: failedLogins, key: address, cost: 1 } as const] : []),
    ]);
    // last, so that whoever is over a limit of their own takes nothing from the others who use the same program, and not
    // for strangers, who may take any name
    const ofClient =
      clientName === null || userId === null
        ? []
        : [{ limit: 'client', limiter: clients, key: clientName, cost: weight } as const];
    return [...ofCaller, ...ofProofs, ...ofClient];
  }

  async function count({ limit, limiter, key, cost, paid }: Counting): Promise<Standing> {
    const standing = await limiter.take(key, cost, paid);
    // what was counted once was told as granted then
    if (paid === undefined || !standing.isGranted) events.decided(limit, standing.isGranted);
    return standing;
  }

  async function admit(countings: readonly Counting[], caller: CountedCaller, entered: Standing): Promise<Admission> {
    const taken: Counting[] = [];
    /** What nobody looked at was not wrong. */
    const settle = async (codes: readonly string[]): Promise<void> => {
      for (const { limit, limiter, key } of taken) {
        const failures = failuresOf(limit);
        if (failures !== null && !codes.some((code) => failures.has(code))) await limiter.giveBack(key);
      }
    };
    let tightest = entered;
    for (const counting of countings) {
      const standing = await count(counting);
      tightest = standing.isGranted ? tighter(tightest, standing) : standing;
      if (!standing.isGranted) break;
      taken.push(counting);
    }
    caller.tell(tightest);
    if (tightest.isGranted) return { settle };
    await settle([]);
    throw refusalBy(tightest);
  }

  return {
    enter: async (caller) => {
      const entered = await count(countingOf(caller));
      caller.tell(entered);
      if (!entered.isGranted) throw refusalBy(entered);
      return { admit: (operation) => admit(restOf(caller, operation), caller, entered) };
    },
  };
}

/** Limits that nobody meets. */
export const noRateLimits: RateLimits = {
  enter: () => Promise.resolve({ admit: () => Promise.resolve(nothingToSettle) }),
};

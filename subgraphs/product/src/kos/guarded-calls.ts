import { ConnectionFailed, MalformedAnswer } from '@supergraph/platform/http';
import {
  UpstreamUnavailable,
  type CallOptions,
  type Guard,
  type RestingQuota,
  type RestingSubjects,
} from '@supergraph/platform/resilience';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import { z } from 'zod';

import type { KosCall, KosOperation } from '../domain/kos-call.ts';
import type { Unavailability } from '../domain/kos-unavailable.ts';
import { KosFault, type KosAnswer, type KosClient, type KosRequest } from './kos-client.ts';
import type { KosGroup, SubjectKind } from './kos-policy.ts';

/** One thing to ask of KOS, and how to read the answer; reading throws for an answer that cannot be used. */
export interface Question<T> {
  readonly operation: KosOperation;
  readonly group: KosGroup;
  /** What it is about, which rests after KOS failed at it; what is without one is never refused for that. */
  readonly subject?: { readonly kind: SubjectKind; readonly id: string };
  readonly request: KosRequest;
  readonly read: (answer: KosAnswer) => { readonly value: T; readonly outcome: 'OK' | 'REFUSED' | 'ABSENT' };
  /** Whether what went over the wire is kept: it is evidence for a change, and mere bulk for a catalogue. */
  readonly isEvidence?: boolean;
}

/** `isCertainlyUnsent`: KOS did not get it, or said that it would not look at it. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly call: KosCall }
  | {
      readonly kind: 'unavailable';
      readonly unavailability: Unavailability;
      readonly isCertainlyUnsent: boolean;
      readonly cause: unknown;
      readonly call: KosCall;
    };

export interface KosEvents {
  /** What came must not be shown to anybody or decide anything. */
  unusable(fact: { readonly operation: KosOperation; readonly error: unknown }): void;
}

export type AskKos = <T>(question: Question<T>, options: CallOptions) => Promise<Reply<T>>;

/** KOS counts calls itself and turns away what is too much, without looking at it. */
const TOO_MANY_CALLS = 'E429';
const leastRetryMs = SECOND_MS;

/** Asks KOS under the guard of the question's group. Never rejects: not getting an answer is an answer here. */
export function createAskKos(deps: {
  readonly client: KosClient;
  readonly guards: Readonly<Record<KosGroup, Guard>>;
  readonly subjects: Readonly<Record<SubjectKind, RestingSubjects>>;
  readonly quota: Pick<RestingQuota, 'rest'>;
  readonly clock: Clock;
  readonly events: KosEvents;
}): AskKos {
  const { client, guards, subjects, quota, clock, events } = deps;

  return async <T>(question: Question<T>, options: CallOptions): Promise<Reply<T>> => {
    const requestedAt = clock.now();
    let answer: KosAnswer | null = null;
    const call = (outcome: KosCall['outcome']): KosCall => ({
      operation: question.operation,
      requestedAt,
      respondedAt: answer && clock.now(),
      resultCode: answer?.resultCode ?? null,
      outcome,
      exchange: question.isEvidence === true ? JSON.stringify({ request: question.request, answer }) : null,
    });

    const exchange = () =>
      guards[question.group].call(async (signal) => {
        answer = await client(question.request, signal);
        return answer.resultCode === TOO_MANY_CALLS ? answer : question.read(answer);
      }, options);

    try {
      const { subject } = question;
      const reading = await (subject === undefined ? exchange() : subjects[subject.kind].ask(subject.id, exchange));
      if ('outcome' in reading) return { kind: 'answered', value: reading.value, call: call(reading.outcome) };
      quota.rest(reading.retryAfterMs);
      const unavailability = { code: 'KOS_BUSY', retryAfterMs: reading.retryAfterMs } as const;
      return { kind: 'unavailable', unavailability, isCertainlyUnsent: true, cause: null, call: call('NOT_SENT') };
    } catch (cause) {
      if (isUnusable(cause)) events.unusable({ operation: question.operation, error: cause });
      const isCertainlyUnsent = neverLeft(cause);
      return {
        kind: 'unavailable',
        unavailability: unavailabilityOf(cause),
        isCertainlyUnsent,
        cause,
        call: call(isCertainlyUnsent ? 'NOT_SENT' : 'UNCLEAR'),
      };
    }
  };
}

function unavailabilityOf(error: unknown): Unavailability {
  if (!(error instanceof UpstreamUnavailable)) return { code: 'KOS_UNAVAILABLE', retryAfterMs: leastRetryMs };
  const isBusy = error.reason === 'busy' || error.reason === 'quota';
  return {
    code: isBusy ? 'KOS_BUSY' : 'KOS_UNAVAILABLE',
    retryAfterMs: Math.max(leastRetryMs, Math.ceil(error.retryAfterMs)),
  };
}

/** An answer came, and it is not KOS's form, not whole, or not about what was asked. */
function isUnusable(error: unknown): boolean {
  if (!(error instanceof UpstreamUnavailable)) return false;
  const { cause } = error;
  return cause instanceof KosFault || cause instanceof MalformedAnswer || cause instanceof z.ZodError;
}

/** Refused before it began, or not one byte of it written. */
function neverLeft(error: unknown): boolean {
  if (error instanceof UpstreamUnavailable && !error.hasStarted) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ConnectionFailed) return !cause.mayHaveReachedPeer;
  }
  return false;
}

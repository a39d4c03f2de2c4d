import { MalformedAnswer, type AnswerHeaders, type JsonClient } from '@supergraph/platform/http';
import {
  UpstreamUnavailable,
  type CircuitState,
  type Guard,
  type RestingQuota,
  type RestingSubjects,
} from '@supergraph/platform/resilience';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { BillUnavailable } from '../domain/bill-inquiry.ts';
import { KosDidNotAnswer, type KosCall } from '../domain/kos-call.ts';
import type { Kos, KosAnswer, KosAsk } from '../domain/ports.ts';
import { kosMonthOf, readBill } from './kos-bill.ts';
import { readCustomer } from './kos-customer.ts';
import type { KosGroup } from './kos-policy.ts';
import { KosFailed, readReply, sortReply, UnusableReply, type KosReading, type KosReply } from './kos-reply.ts';

export interface KosEvents {
  /** A call has ended, or was not made. */
  asked(fact: { readonly group: KosGroup; readonly call: KosCall }): void;
  /** What came must not be shown to anybody, such as another line's bill. */
  unusable(fact: { readonly group: KosGroup; readonly error: unknown }): void;
  /** A bill has an item of a type, in KOS's words, that nobody knows. */
  readonly unknownItemType: (type: string) => void;
}

interface Question<T> {
  readonly group: KosGroup;
  /** What it is about: a line or customer that may rest. */
  readonly subject: string;
  readonly request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown };
  /** Codes by which KOS says that it does not have it. */
  readonly absent: readonly string[];
  readonly read: (data: unknown) => T;
}

const circuits = { closed: 'CLOSED', open: 'OPEN', 'half-open': 'HALF_OPEN' } as const satisfies Record<
  CircuitState,
  KosCall['circuit']
>;

/** Makes KOS out of its HTTP interface: what leaves here is an answer to the question, whole and of the right line. */
export function createKos(by: {
  readonly http: JsonClient;
  readonly guards: Readonly<Record<KosGroup, Guard>>;
  /** Lines in the group of bills, customers in their own. */
  readonly subjects: Readonly<Record<KosGroup, RestingSubjects>>;
  readonly quota: Pick<RestingQuota, 'rest'>;
  readonly clock: Clock;
  readonly events: KosEvents;
}): Kos {
  const { http, guards, subjects, quota, clock, events } = by;

  async function ask<T>(
    { group, subject, request, ...how }: Question<T>,
    { priority, deadline }: KosAsk,
  ): Promise<KosAnswer<T>> {
    const requestedAt = clock.now();
    const circuit = circuits[guards[group].state()];
    let respondedAt: Date | null = null;
    let reply: KosReply | null = null;
    let headers: AnswerHeaders = {};

    const record = (outcome: KosCall['outcome']): KosCall => {
      const { resultCode = null, resultMessage = null } = reply ?? {};
      const call: KosCall = { outcome, requestedAt, respondedAt, resultCode, resultMessage, circuit };
      events.asked({ group, call });
      return call;
    };
    const exchange = async (signal: AbortSignal): Promise<KosReading<T>> => {
      const answer = await http.request({ ...request, signal });
      respondedAt = clock.now();
      headers = answer.headers;
      reply = readReply(answer.body);
      if (answer.status >= 500) throw new KosFailed(`KOS answered with status ${answer.status}`);
      return sortReply(reply, how);
    };
    const call = () => guards[group].call(exchange, { priority, deadline: deadline ?? undefined });

    let reading: KosReading<T>;
    try {
      reading = await subjects[group].ask(subject, call);
    } catch (cause) {
      const outcome = outcomeOf(cause);
      if (outcome === 'UNUSABLE') respondedAt ??= clock.now();
      if (outcome === 'UNUSABLE') events.unusable({ group, error: cause });
      throw new KosDidNotAnswer(record(outcome), unavailableBy(cause), { cause });
    }
    switch (reading.kind) {
      case 'found':
        return { value: reading.value, call: record('FOUND') };
      case 'not-found':
        return { value: null, call: record('NOT_FOUND') };
      case 'refused':
        throw new KosDidNotAnswer(record('REFUSED'), unavailable('KOS_UNAVAILABLE'));
      case 'busy': {
        const outcome = unavailable('KOS_BUSY', retryAfterMsIn(headers));
        quota.rest(outcome.retryAfterMs);
        throw new KosDidNotAnswer(record('REFUSED'), outcome);
      }
    }
  }

  return {
    bill: (question) =>
      ask(
        {
          group: 'kos-bill',
          subject: question.line.id,
          request: {
            method: 'POST',
            path: '/kos/bill/inquiry',
            body: { lineNumber: question.line.number, inquiryMonth: kosMonthOf(question.month) },
          },
          absent: ['E001', 'E002'],
          read: (data) => readBill(data, question, events.unknownItemType),
        },
        question,
      ),
    customer: (customerId, how) =>
      ask(
        {
          group: 'kos-customer',
          subject: customerId,
          request: { method: 'GET', path: `/kos/customer/${encodeURIComponent(customerId)}` },
          absent: ['E003'],
          read: (data) => readCustomer(data, customerId),
        },
        how,
      ),
  };
}

/** A guard wraps what its work threw; everything else went wrong before. */
function outcomeOf(error: unknown): KosCall['outcome'] {
  if (!(error instanceof UpstreamUnavailable)) return 'NO_ANSWER';
  if (!error.hasStarted) return 'NOT_ASKED';
  if (error.cause instanceof KosFailed) return 'FAILED';
  return error.cause instanceof UnusableReply || error.cause instanceof MalformedAnswer ? 'UNUSABLE' : 'NO_ANSWER';
}

const leastRetryMs = SECOND_MS;

const unavailable = (code: BillUnavailable['code'], retryAfterMs = leastRetryMs): BillUnavailable => ({
  kind: 'unavailable',
  code,
  retryAfterMs: Math.max(leastRetryMs, Math.ceil(retryAfterMs)),
});

function retryAfterMsIn({ 'retry-after': seconds }: AnswerHeaders): number | undefined {
  return typeof seconds === 'string' && /^\d{1,4}$/.test(seconds) ? Number(seconds) * SECOND_MS : undefined;
}

function unavailableBy(error: unknown): BillUnavailable {
  if (!(error instanceof UpstreamUnavailable)) return unavailable('KOS_UNAVAILABLE');
  const isBusy = error.reason === 'busy' || error.reason === 'quota';
  return unavailable(isBusy ? 'KOS_BUSY' : 'KOS_UNAVAILABLE', error.retryAfterMs);
}

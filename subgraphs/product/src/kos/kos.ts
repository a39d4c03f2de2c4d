import type { Priority } from '@supergraph/platform/resilience';

import { KosUnavailable } from '../domain/kos-unavailable.ts';
import type {
  ChangeReply,
  ChangeSource,
  CustomerAtKos,
  CustomerSource,
  FreshReply,
  FreshSource,
} from '../domain/ports.ts';
import type { Catalogue } from '../domain/product-offering.ts';
import type { LineStanding, OwnLine } from '../domain/product.ts';
import type { AskKos, Question, Reply } from './guarded-calls.ts';
import { readCatalogue } from './kos-catalogue.ts';
import { changeRequestOf, readDecision, readRecord, recordRequestOf } from './kos-change.ts';
import { KosFault } from './kos-client.ts';
import { readCustomer, readStanding } from './kos-line.ts';
import { createSharedReads } from './shared-reads.ts';

/** KOS as the domain needs it: for decisions, for changes, and for what is kept and shown. */
export interface Kos extends FreshSource, ChangeSource, CustomerSource {
  /** Throws KosUnavailable. */
  readonly readCatalogue: (priority: Priority) => Promise<Catalogue>;
  /** null when KOS does not know the line. Throws KosUnavailable. */
  readonly readStanding: (line: OwnLine, priority: Priority) => Promise<LineStanding | null>;
}

const catalogueQuestion: Question<Catalogue> = {
  operation: 'CATALOGUE',
  group: 'kos-catalogue',
  request: { method: 'GET', path: '/kos/products/available' },
  read({ resultCode, data }) {
    if (resultCode !== '0000') throw new KosFault(`KOS answered for its plans with the code ${resultCode}`);
    return { value: readCatalogue(data), outcome: 'OK' };
  },
};

const standingQuestion = ({ lineId, lineNumber }: OwnLine): Question<LineStanding | null> => ({
  operation: 'LINE_STATUS',
  group: 'kos-line',
  subject: { kind: 'shown', id: `line ${lineId}` },
  request: { method: 'GET', path: `/kos/line/${lineNumber}/status` },
  read({ resultCode, data }) {
    if (resultCode === 'E001') return { value: null, outcome: 'ABSENT' };
    if (resultCode !== '0000') throw new KosFault(`KOS answered for a line with the code ${resultCode}`);
    return { value: readStanding(data, lineNumber), outcome: 'OK' };
  },
});

const customerQuestion = (customerId: string): Question<CustomerAtKos> => ({
  operation: 'CUSTOMER',
  group: 'kos-line',
  subject: { kind: 'needed', id: `customer ${customerId}` },
  request: { method: 'GET', path: `/kos/customer/${encodeURIComponent(customerId)}` },
  read({ resultCode, data }) {
    if (resultCode === 'E003') return { value: { profile: null, lineNumbers: [] }, outcome: 'ABSENT' };
    if (resultCode !== '0000') throw new KosFault(`KOS answered for a customer with the code ${resultCode}`);
    return { value: readCustomer(data, customerId), outcome: 'OK' };
  },
});

const decisiveQuestion = (line: OwnLine): Question<LineStanding | null> => ({
  ...standingQuestion(line),
  subject: { kind: 'needed', id: `line ${line.lineId}` },
});

export function createKos(ask: AskKos): Kos {
  const shareStanding = createSharedReads<FreshReply<LineStanding | null>>();
  const shareCatalogue = createSharedReads<FreshReply<Catalogue>>();

  return {
    standing: (line, priority) =>
      shareStanding(`${priority} ${line.lineId}`, () => ask(decisiveQuestion(line), { priority })),
    catalogue: (priority) => shareCatalogue(priority, () => ask(catalogueQuestion, { priority })),
    customer: async (customerId, priority) => valueOf(await ask(customerQuestion(customerId), { priority })),
    readCatalogue: async (priority) => valueOf(await ask(catalogueQuestion, { priority })),
    readStanding: async (line, priority) => valueOf(await ask(standingQuestion(line), { priority })),

    async change(order, { lineNumber }, deadline) {
      const question: Question<ReturnType<typeof readDecision>> = {
        operation: 'CHANGE',
        group: 'kos-change',
        request: changeRequestOf(order, lineNumber),
        read(answer) {
          const value = readDecision(answer, order, lineNumber);
          return { value, outcome: value.kind === 'accepted' ? 'OK' : 'REFUSED' };
        },
        isEvidence: true,
      };
      return changeReplyOf(await ask(question, { priority: 'change', deadline }));
    },

    async look(order, lineNumber, priority) {
      const question: Question<ReturnType<typeof readRecord>> = {
        operation: 'CHANGE_STATUS',
        group: 'kos-change-status',
        request: recordRequestOf(order),
        read(answer) {
          const value = readRecord(answer, order, lineNumber);
          return { value, outcome: value.kind === 'absent' ? 'ABSENT' : 'OK' };
        },
        isEvidence: true,
      };
      const reply = await ask(question, { priority });
      const { call } = reply;
      if (reply.kind === 'answered') return { record: reply.value, call };
      return { record: { kind: 'unreachable', unavailability: reply.unavailability }, call };
    },
  };
}

function valueOf<T>(reply: Reply<T>): T {
  if (reply.kind === 'answered') return reply.value;
  throw new KosUnavailable(reply.unavailability, { cause: reply.cause });
}

function changeReplyOf(reply: Reply<ReturnType<typeof readDecision>>): ChangeReply {
  const { call } = reply;
  if (reply.kind === 'answered') return { ...reply.value, call };
  const { isCertainlyUnsent, unavailability } = reply;
  return isCertainlyUnsent ? { kind: 'not-sent', unavailability, call } : { kind: 'unclear', call };
}

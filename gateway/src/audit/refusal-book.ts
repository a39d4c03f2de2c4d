import { addressKeyOf } from '@supergraph/platform/rate-limit';
import { MINUTE_MS } from '@supergraph/platform/time';

import type { AuditRecord } from './audit-record.ts';
import type { AuditTrail } from './audit-trail.ts';

/** How many refusals of one kind have a record each in a minute; the rest of the minute shares one. */
export const mostOfTheirOwn = 20;
/** How many kinds are told apart in a minute; of whom nobody knows, since those can be as many as they like, far fewer. */
const mostKinds = 1_000;
export const mostKindsOfStrangers = 50;
const mostMerged = 100;

interface Tally {
  own: number;
  rest: AuditRecord | null;
}

/** Writes down refusals, so that a flood of them cannot fill the database, nor the memory while that is away. */
export interface RefusalBook {
  /**
   * Resolves when it is written down or counted. Refusals are of one kind by code and by who, or from which network, it
   * was; when there are too many kinds, by code alone.
   */
  enter(refusal: AuditRecord, client: { readonly address: string }): Promise<void>;
  /** Writes down what has been counted. */
  close(): Promise<void>;
}

/** Opens a book before a trail. */
export function openRefusalBook(trail: AuditTrail): RefusalBook {
  let tallies = new Map<string, Tally>();

  function tallyOf({ outcome, actorUserId }: AuditRecord, address: string): Tally {
    const kind = JSON.stringify([outcome, actorUserId ?? addressKeyOf(address)]);
    const room = actorUserId === null ? mostKindsOfStrangers : mostKinds;
    const key = tallies.has(kind) || tallies.size < room ? kind : JSON.stringify([outcome]);
    const tally = tallies.get(key) ?? { own: 0, rest: null };
    tallies.set(key, tally);
    return tally;
  }

  async function turnPage(): Promise<void> {
    const full = tallies;
    tallies = new Map();
    const rests = [...full.values()].flatMap(({ rest }) => rest ?? []);
    await Promise.all(rests.map((rest) => trail.note(rest)));
  }
  const pageTurner = setInterval(() => void turnPage(), MINUTE_MS).unref();

  return {
    async enter(refusal, { address }) {
      const tally = tallyOf(refusal, address);
      if (tally.own < mostOfTheirOwn && trail.hasRoom()) {
        tally.own += 1;
        await trail.note(refusal);
      } else {
        tally.rest = tally.rest === null ? refusal : merge(tally.rest, refusal);
      }
    },
    async close() {
      clearInterval(pageTurner);
      await turnPage();
    },
  };
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] =>
  [...new Set([...a, ...b])].slice(0, mostMerged);
const same = <Value>(a: Value, b: Value): Value | null => (a === b ? a : null);

/** What two refusals have in common, and the ids and acts of both. */
const merge = (a: AuditRecord, b: AuditRecord): AuditRecord => ({
  ...b,
  actorUserId: same(a.actorUserId, b.actorUserId),
  actorRole: same(a.actorRole, b.actorRole),
  actorSessionId: same(a.actorSessionId, b.actorSessionId),
  clientName: same(a.clientName, b.clientName),
  operationName: same(a.operationName, b.operationName),
  operationKind: same(a.operationKind, b.operationKind),
  documentHash: same(a.documentHash, b.documentHash),
  acts: union(a.acts, b.acts),
  subjects: union(a.subjects, b.subjects),
  times: a.times + b.times,
});

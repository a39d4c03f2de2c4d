import { timingSafeEqual } from 'node:crypto';

import type { KeyRing } from '@supergraph/platform/encryption';

import { authenticate, canonicalJson, keysFor } from './audit-keys.ts';
import type { AuditRecord } from './audit-record.ts';

/** Where a chain ends. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** A record in its place; `hash` covers the record, its place and the hash of the one before. */
export interface ChainLink extends ChainEnd {
  readonly record: AuditRecord;
  readonly keyId: string;
}

/** Says up to where old links were removed, and from which hash the chain goes on. */
export interface Checkpoint {
  readonly throughSequence: number;
  readonly throughHash: string;
  readonly prunedAt: Date;
  readonly keyId: string;
  readonly hash: string;
}

/** Before the first link. */
export const beginning: ChainEnd = { sequence: 0, hash: '' };

/** Why a link or a checkpoint is not what was written. */
export type Misfit = 'unknown-key' | 'forged';

/** Seals the links of a chain, which nobody can without the key. */
export interface Chain {
  /** Puts records behind an end, in their order. */
  extend(end: ChainEnd, records: readonly AuditRecord[]): readonly ChainLink[];
  /** Null when a link is as it was sealed and follows a hash. */
  misfitOf(link: ChainLink, previousHash: string): Misfit | null;
  makeCheckpoint(of: { readonly through: ChainEnd; readonly prunedAt: Date }): Checkpoint;
  misfitOfCheckpoint(checkpoint: Checkpoint): Misfit | null;
}

/** Makes a chain over a ring of keys: the active one seals, all of them check. */
export function createChain(ring: KeyRing): Chain {
  const keys = keysFor('chain', ring);
  const { activeKeyId } = keys;

  const sealOf = (keyId: string, content: object): string | null =>
    authenticate(keys, keyId, canonicalJson({ ...content, keyId }));
  const seal = (content: object): string => {
    const hash = sealOf(activeKeyId, content);
    if (hash === null) throw new Error('the active key is not on the ring');
    return hash;
  };
  const misfit = (keyId: string, content: object, hash: string): Misfit | null => {
    const expected = sealOf(keyId, content);
    if (expected === null) return 'unknown-key';
    return isSame(expected, hash) ? null : 'forged';
  };

  return {
    extend(end, records) {
      const links: ChainLink[] = [];
      let { sequence, hash } = end;
      for (const record of records) {
        sequence += 1;
        hash = seal(contentOf(record, sequence, hash));
        links.push({ sequence, record, keyId: activeKeyId, hash });
      }
      return links;
    },
    misfitOf: ({ record, sequence, keyId, hash }, previousHash) =>
      misfit(keyId, contentOf(record, sequence, previousHash), hash),
    makeCheckpoint({ through, prunedAt }) {
      const content = { throughSequence: through.sequence, throughHash: through.hash, prunedAt };
      return { ...content, keyId: activeKeyId, hash: seal(content) };
    },
    misfitOfCheckpoint: ({ throughSequence, throughHash, prunedAt, keyId, hash }) =>
      misfit(keyId, { throughSequence, throughHash, prunedAt }, hash),
  };
}

const contentOf = (record: AuditRecord, sequence: number, previousHash: string) => ({
  ...record,
  sequence,
  previousHash,
});

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

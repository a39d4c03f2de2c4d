import type { KeyRing } from '@supergraph/platform/encryption';

import { authenticate, keysFor } from './audit-keys.ts';

/** Puts ids into the form in which records keep them, so that nothing that only claims to be an id is kept as it is. */
export interface SubjectNames {
  /** The id itself if it can be one of ours, else a digest of it. */
  of(id: string): string;
  /** Every form in which records of any age may have kept it. */
  formsOf(id: string): readonly string[];
}

const opaquePattern = /^[A-Za-z0-9_-]{1,64}$/;
/** A phone or resident number, in whatever groups. */
const numberPattern = /^[\d_-]{7,}$/;
const digestCharacters = 22;

/** Makes the names with the keys of the audit; digests cannot be made, nor guessed at, without them. */
export function createSubjectNames(ring: KeyRing): SubjectNames {
  const keys = keysFor('subject', ring);
  const isOpaque = (id: string): boolean => opaquePattern.test(id) && !numberPattern.test(id);
  const digest = (keyId: string, id: string): string =>
    `?${authenticate(keys, keyId, id)?.slice(0, digestCharacters) ?? ''}`;
  return {
    of: (id) => (isOpaque(id) ? id : digest(keys.activeKeyId, id)),
    formsOf: (id) => (isOpaque(id) ? [id] : Object.keys(keys.keys).map((keyId) => digest(keyId, id))),
  };
}

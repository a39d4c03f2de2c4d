import { isErrorCode, type ErrorCode } from '@supergraph/platform/errors';

import { isJsonObject, type JsonObject } from '../json-object.ts';
import { idsInToken } from './ids-in-token.ts';
import type { Footprint, Place, Step } from './footprint.ts';

/** What an answer showed. */
export interface SeenData {
  readonly ids: ReadonlySet<string>;
  /** Objects and values under audited fields, but not refusals; of a page, its rows. */
  readonly rows: number;
  /** The code of the first expected refusal that came as data. */
  readonly refusal: ErrorCode | null;
}

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/** Reads off an answer whose data it showed, along the footprint of its operation. */
export function readSeenData({ answer }: Footprint, data: unknown): SeenData {
  const ids = new Set<string>();
  let rows = 0;
  let refusal: ErrorCode | null = null;

  function readStep(value: unknown, { isAudited, place }: Step): void {
    if (Array.isArray(value)) {
      for (const item of value) readStep(item, { isAudited, place });
      return;
    }
    if (!isJsonObject(value)) {
      if (isAudited && isGiven(value)) rows += 1;
      return;
    }
    const code = codeIn(value, place);
    refusal ??= code;
    if (isAudited && code === null) rows += rowsIn(value, place);
    readFields(value, place);
  }

  function readFields(fields: JsonObject, place: Place): void {
    for (const key of place.ids) {
      const id = fields[key];
      if (typeof id === 'string') ids.add(id);
    }
    for (const key of place.tokens) {
      const token = fields[key];
      if (typeof token === 'string') for (const id of idsInToken(token)) ids.add(id);
    }
    for (const [key, step] of place.below) readStep(fields[key], step);
  }

  if (isJsonObject(data)) readFields(data, answer);
  return { ids, rows, refusal };
}

/** Only a code of the catalogue counts: whoever asks may have chosen what else stands there, or it may be a secret. */
function codeIn(fields: JsonObject, { codes, others }: Place): ErrorCode | null {
  const found = [...codes].filter((key) => !others.has(key)).map((key) => fields[key]);
  return found.find(isErrorCode) ?? null;
}

/** A page counts what is on it, everything else once. */
function rowsIn(fields: JsonObject, { pages }: Place): number {
  const lists = [...pages].map((key) => fields[key]).filter((list) => Array.isArray(list));
  return lists.length === 0 ? 1 : Math.max(...lists.map((list) => list.length));
}

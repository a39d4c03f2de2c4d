import { isJsonObject, type JsonObject } from '../json-object.ts';
import { idsInToken } from './ids-in-token.ts';
import type { Footprint, Place, Step } from './footprint.ts';

/** What an answer showed. */
export interface SeenData {
  readonly ids: ReadonlySet<string>;
  /** Objects and values under audited fields; of a page, its rows. */
  readonly rows: number;
  /** The code of the first expected refusal that came as data. */
  readonly refusal: string | null;
}

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/** Reads off an answer whose data it showed, along the footprint of its operation. */
export function readSeenData({ answer }: Footprint, data: unknown): SeenData {
  const ids = new Set<string>();
  let rows = 0;
  let refusal: string | null = null;

  function readStep(value: unknown, { isAudited, place }: Step): void {
    if (Array.isArray(value)) {
      for (const item of value) readStep(item, { isAudited, place });
      return;
    }
    if (isAudited && isGiven(value)) rows += isJsonObject(value) ? rowsIn(value, place) : 1;
    if (isJsonObject(value)) readFields(value, place);
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
    for (const key of place.codes) {
      const code = fields[key];
      if (typeof code === 'string') refusal ??= code;
    }
    for (const [key, step] of place.below) readStep(fields[key], step);
  }

  if (isJsonObject(data)) readFields(data, answer);
  return { ids, rows, refusal };
}

/** A page counts what is on it, everything else once. */
function rowsIn(fields: JsonObject, { pages }: Place): number {
  const lists = [...pages].map((key) => fields[key]).filter((list) => Array.isArray(list));
  return lists.length === 0 ? 1 : Math.max(...lists.map((list) => list.length));
}

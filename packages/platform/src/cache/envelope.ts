import { z } from 'zod';

import type { FieldCipher } from '../encryption/index.ts';
import { parseFrozen, type Entry } from './entry.ts';

/**
 * Random tokens by name. An entry carries those that stood before its load and is valid while all stand; invalidating
 * erases them, which works even in a full Redis. A late writer thus brings nothing back, and a lost mark costs a load.
 */
export type Marks = Readonly<Record<string, string>>;

/** What Redis holds for one key. */
export interface Envelope {
  readonly entry: Entry;
  readonly marks: Marks;
}

const envelopeSchema = z.object({
  entry: z.object({
    key: z.string(),
    names: z.array(z.string()),
    fetchedAtMs: z.number(),
    freshShare: z.number().min(0).max(1),
    value: z.unknown(),
  }),
  marks: z.record(z.string(), z.string()),
});

/** Writes an envelope for one address in Redis, sealed to that address when there is a cipher. */
export function wrap(envelope: Envelope, address: string, cipher: FieldCipher | undefined): string {
  const text = JSON.stringify(envelope);
  return cipher === undefined ? text : cipher.seal(text, address);
}

/** Reads what `wrap` wrote; undefined for anything else, such as garbage or what was sealed for another address. */
export function unwrap(text: string, address: string, cipher: FieldCipher | undefined): Envelope | undefined {
  try {
    const opened = cipher === undefined ? text : cipher.open(text, address);
    return envelopeSchema.parse(parseFrozen(opened));
  } catch {
    return undefined;
  }
}

import { z } from 'zod';
import type { Message } from '../message.ts';

const envelope = z.object({
  id: z.string().min(1),
  topic: z.string().min(1),
  orderingKey: z.string(),
  payload: z.json(),
  createdAt: z.iso.datetime().transform((moment) => new Date(moment)),
});

export type Reading =
  { readonly isMessage: true; readonly message: Message } | { readonly isMessage: false; readonly error: unknown };

/** A message as it travels. */
export const toBytes = (message: Message): Buffer =>
  Buffer.from(JSON.stringify({ ...message, payload: message.payload ?? null }));

/** What `toBytes` wrote, or why it is something else. */
export function fromBytes(bytes: Buffer): Reading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { isMessage: true, message: envelope.parse(JSON.parse(text)) };
  } catch (error) {
    return { isMessage: false, error };
  }
}

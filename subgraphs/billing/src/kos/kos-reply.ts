import { z } from 'zod';

import { kosText } from './kos-text.ts';

/** What KOS says, whatever it was asked. */
export interface KosReply {
  readonly resultCode: string;
  readonly resultMessage: string;
  readonly data: unknown;
}

/** What a reply means to whoever asked. All of these are KOS at work: none counts against it. */
export type KosReading<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'busy' };

const envelope = z.object({
  resultCode: z.string().regex(/^(?:0000|E\d{3})$/),
  resultMessage: kosText,
  data: z.unknown(),
});

/** What came is no answer to what was asked: not KOS's form, items that do not add up, another line's bill. */
export class UnusableReply extends Error {
  override readonly name = 'UnusableReply';
}

/** KOS said that it failed. */
export class KosFailed extends Error {
  override readonly name = 'KosFailed';
}

/** Reads the form that all replies share. Throws UnusableReply. */
export function readReply(body: unknown): KosReply {
  const read = envelope.safeParse(body);
  if (read.success) return { ...read.data };
  throw new UnusableReply('The reply has not the form that KOS gives its replies', { cause: read.error });
}

/** Sorts a reply by its code. Throws KosFailed, and UnusableReply when `read` does. */
export function sortReply<T>(
  reply: KosReply,
  by: { readonly absent: readonly string[]; readonly read: (data: unknown) => T },
): KosReading<T> {
  const { resultCode, data } = reply;
  if (resultCode === '0000') return { kind: 'found', value: by.read(data) };
  if (by.absent.includes(resultCode)) return { kind: 'not-found' };
  if (resultCode === 'E999') throw new KosFailed('KOS reports a failure of its own');
  return { kind: resultCode === 'E429' ? 'busy' : 'refused' };
}

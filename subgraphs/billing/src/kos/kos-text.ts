import { z } from 'zod';

/** Forms in which KOS writes things, and ours. */
export const kosText = z
  .string()
  .max(200)
  // Control characters have no place in a name; PostgreSQL refuses some of them.
  .transform((text) => text.replaceAll(/\p{Cc}/gu, ' ').trim());

export const kosWon = z.int();

/** YYYYMMDD → YYYY-MM-DD. */
export const kosDay = z
  .string()
  .regex(/^\d{8}$/)
  .transform((text) => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`)
  .pipe(z.iso.date());

export const kosLineNumber = z.string().regex(/^\d{11}$/);

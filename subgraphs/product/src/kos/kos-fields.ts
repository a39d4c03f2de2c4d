import { z } from 'zod';

import { calendarDay } from '../domain/calendar.ts';

/** KOS writes days as YYYYMMDD. */
export const kosDay = z
  .string()
  .regex(/^\d{8}$/)
  .transform((text, context) => {
    try {
      return calendarDay(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);
    } catch {
      context.addIssue('no such day');
      return z.NEVER;
    }
  });

export const toKosDay = (day: string): string => day.replaceAll('-', '');

export const won = z.int().nonnegative();

export const productCode = z.string().regex(/^[\w.-]{1,64}$/);

const UNLIMITED = -1;

/** A limit of a plan; null when there is none. */
export const limit = z
  .int()
  .min(UNLIMITED)
  .transform((amount) => (amount === UNLIMITED ? null : amount));

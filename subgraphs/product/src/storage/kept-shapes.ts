import { z } from 'zod';

import { calendarDay } from '../domain/calendar.ts';
import type { Catalogue } from '../domain/product-offering.ts';
import type { CustomerProfile, LineStanding } from '../domain/product.ts';

// What was kept may have been written by an older version: it is read as carefully as anything from outside.

const day = z.string().transform(calendarDay);

const allowance = z.discriminatedUnion('type', [
  z.object({ type: z.literal('VOICE'), unit: z.literal('MINUTE'), amount: z.number().nullable() }),
  z.object({ type: z.literal('DATA'), unit: z.literal('MEGABYTE'), amount: z.number().nullable() }),
  z.object({ type: z.literal('SMS'), unit: z.literal('MESSAGE'), amount: z.number().nullable() }),
]);

const catalogue = z.array(
  z.object({
    code: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    operatorCode: z.string(),
    networkType: z.string(),
    monthlyFeeWon: z.int(),
    allowances: z.array(allowance),
    sale: z.object({ isOpen: z.boolean(), firstDay: day, lastDay: day.nullable() }),
  }),
);

const standing = z.object({
  customerId: z.string(),
  operatorCode: z.string(),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'TERMINATED']),
  activatedOn: day,
  productCode: z.string(),
  contract: z
    .object({ firstDay: day, lastDay: day, remainingMonths: z.int(), earlyTerminationFeeWon: z.int() })
    .nullable(),
  scheduledChange: z.object({ productCode: z.string(), effectiveDate: day }).nullable(),
});

const profile = z.object({ name: z.string(), operatorCode: z.string(), registeredOn: day });

export const decodeCatalogue = (raw: unknown): Catalogue => catalogue.parse(raw);
export const decodeStanding = (raw: unknown): LineStanding => standing.parse(raw);
export const decodeProfile = (raw: unknown): CustomerProfile => profile.parse(raw);

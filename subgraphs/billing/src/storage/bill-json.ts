import { z } from 'zod';

import { billItemTypes, type Bill, type Freshness } from '../domain/bill.ts';
import { isBillingMonth } from '../domain/billing-month.ts';

const won = z.int();
const day = z.iso.date();

/** A bill as our own cache and tables hold it. */
export const billSchema = z
  .object({
    lineId: z.string(),
    billingMonth: z.string().refine(isBillingMonth),
    isClosed: z.boolean(),
    billDate: day,
    productName: z.string(),
    contractDescription: z.string().nullable(),
    amountDueWon: won,
    items: z
      .array(
        z
          .object({
            name: z.string(),
            type: z.enum(billItemTypes),
            amountWon: won,
          })
          .readonly(),
      )
      .readonly(),
    usage: z
      .array(
        z
          .object({ type: z.enum(['VOICE', 'DATA', 'SMS']), used: z.number(), allowance: z.number().nullable() })
          .readonly(),
      )
      .readonly(),
    terminationFee: z
      .object({ totalWon: won, contractPenaltyWon: won, installmentRemainingWon: won, otherFeesWon: won })
      .readonly(),
    deviceInstallment: z
      .object({
        deviceModel: z.string(),
        totalWon: won,
        monthlyWon: won,
        remainingWon: won,
        remainingMonths: z.int(),
      })
      .readonly()
      .nullable(),
    payment: z
      .object({
        status: z.enum(['PAID', 'UNPAID', 'OVERDUE']),
        method: z.string().nullable(),
        dueDate: day,
        paidOn: day.nullable(),
      })
      .readonly(),
  })
  .readonly() satisfies z.ZodType<Bill>;

const moment = z.iso.datetime().transform((text) => new Date(text));

/** A bill and when KOS said so. */
export const keptBillSchema = z.object({ value: billSchema, fetchedAt: moment }).readonly();

/** A bill as an inquiry found it. */
export const findingSchema = z
  .object({
    bill: billSchema,
    freshness: z
      .object({ fetchedAt: moment, isStale: z.boolean(), source: z.enum(['KOS', 'CACHE']) })
      .readonly() satisfies z.ZodType<Freshness>,
  })
  .readonly();

import { z } from 'zod';

import { calendarDay } from '../domain/calendar.ts';
import type { SettledOrder } from '../domain/settled-order.ts';

/** A plan change is settled: this is how others hear of it, in this service and beyond. */
export const orderSettledTopic = 'product-order.settled';

const moment = z.iso.datetime().transform((text) => new Date(text));
const refusalReason = z.enum(['CONTRACT_RESTRICTION', 'DEVICE_INCOMPATIBLE', 'UNPAID_BALANCE', 'OTHER']);
const failureCause = z.enum(['NEVER_SENT', 'NEVER_ARRIVED', 'NOT_MADE']);

const payload: z.ZodType<SettledOrder> = z.object({
  id: z.string(),
  customerId: z.string(),
  lineId: z.string(),
  productCodeBefore: z.string(),
  productCodeAfter: z.string(),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('COMPLETED'), settledAt: moment, effectiveDate: z.iso.date().transform(calendarDay) }),
    z.object({ kind: z.literal('REJECTED'), settledAt: moment, reason: refusalReason }),
    z.object({ kind: z.literal('FAILED'), settledAt: moment, cause: failureCause }),
  ]),
});

/** The message of a settled order. An order is settled once, so its id names the message, too. */
export const orderSettledMessage = (settled: SettledOrder) => ({
  id: `${orderSettledTopic}:${settled.id}`,
  topic: orderSettledTopic,
  orderingKey: settled.lineId,
  payload: settled,
  createdAt: settled.state.settledAt,
});

/** Throws ZodError for anything but the payload of such a message, as it arrives. */
export const readOrderSettled = (raw: unknown): SettledOrder => payload.parse(raw);

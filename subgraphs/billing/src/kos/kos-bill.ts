import { z } from 'zod';

import { addsUp, type Bill, type BillItemType } from '../domain/bill.ts';
import type { BillingMonth } from '../domain/billing-month.ts';
import type { OwnLine } from '../domain/ports.ts';
import { UnusableReply } from './kos-reply.ts';
import { kosDay, kosLineNumber, kosText, kosWon } from './kos-text.ts';

const itemTypes = {
  BASIC_FEE: 'RECURRING_CHARGE',
  ADDITIONAL_SERVICE_FEE: 'RECURRING_CHARGE',
  CALL_FEE: 'USAGE_CHARGE',
  DATA_FEE: 'USAGE_CHARGE',
  SMS_FEE: 'USAGE_CHARGE',
  ROAMING_FEE: 'USAGE_CHARGE',
  INSTALMENT: 'ONE_TIME_CHARGE',
  DISCOUNT: 'CREDIT',
  LATE_FEE: 'PENALTY_CHARGE',
  VALUE_ADDED_TAX: 'TAX',
} as const satisfies Record<string, BillItemType>;

const isItemType = (type: string): type is keyof typeof itemTypes => Object.hasOwn(itemTypes, type);

interface TypedAmount {
  readonly type: string;
  readonly amount: number;
}

const item = z
  .object({
    itemName: kosText,
    type: z.string().regex(/^[A-Z][A-Z0-9_]{0,49}$/),
    amount: kosWon,
  })
  .refine(hasRightSign, 'has the wrong sign');

/** Only a discount lowers a bill; what a type that nobody knows does, nobody can tell. */
function hasRightSign({ type, amount }: TypedAmount): boolean {
  if (!isItemType(type)) return true;
  return type === 'DISCOUNT' ? amount <= 0 : amount >= 0;
}

const unlimited = -1;
const bucket = z.object({ used: z.number().nonnegative(), limit: z.number().min(unlimited) });

const kosBill = z.object({
  lineNumber: kosLineNumber,
  customerId: z.string(),
  billingMonth: z.string().regex(/^\d{6}$/),
  isClosed: z.boolean(),
  productName: kosText,
  contractInfo: z.object({ name: kosText }).nullable(),
  charge: kosWon,
  items: z.array(item).max(200),
  usage: z.object({ voice: bucket, data: bucket, sms: bucket }),
  estimatedCancellationFee: z.object({
    contractPenalty: kosWon,
    installmentRemaining: kosWon,
    otherFees: kosWon,
    totalFee: kosWon,
  }),
  deviceInstallment: z
    .object({ deviceModel: kosText, total: kosWon, monthly: kosWon, remaining: kosWon, remainingMonths: z.int() })
    .nullable(),
  billingPaymentInfo: z.object({
    billingDate: kosDay,
    dueDate: kosDay,
    paymentStatus: z.enum(['PAID', 'UNPAID', 'OVERDUE']),
    paymentMethod: kosText.nullable(),
    paymentDate: kosDay.nullable(),
  }),
});

type KosBill = z.output<typeof kosBill>;

/** A month as KOS writes it, YYYYMM. */
export const kosMonthOf = (month: BillingMonth): string => month.replace('-', '');

/**
 * Reads the bill out of a reply. Throws UnusableReply unless it is the bill that was asked for and adds up: a wrong
 * bill must never reach anybody. A type of item that nobody knows does not make it wrong; `onUnknownType` is told of each.
 */
export function readBill(
  data: unknown,
  asked: { readonly line: OwnLine; readonly month: BillingMonth },
  onUnknownType: (type: string) => void,
): Bill {
  const read = kosBill.safeParse(data);
  if (!read.success) throw new UnusableReply('The bill has not the form that was agreed', { cause: read.error });
  const { lineNumber, customerId, billingMonth } = read.data;
  if (lineNumber !== asked.line.number || customerId !== asked.line.customerId)
    throw new UnusableReply('The bill is of another line or customer than was asked for');
  if (billingMonth !== kosMonthOf(asked.month)) throw new UnusableReply('The bill is of another month');
  const bill = toBill(read.data, asked.line.id, asked.month);
  if (!addsUp(bill)) throw new UnusableReply('The items of the bill do not add up to its total');
  const types = new Set(read.data.items.map(({ type }) => type));
  for (const type of types) if (!isItemType(type)) onUnknownType(type);
  return bill;
}

const toBill = (kos: KosBill, lineId: string, billingMonth: BillingMonth): Bill => ({
  lineId,
  billingMonth,
  isClosed: kos.isClosed,
  billDate: kos.billingPaymentInfo.billingDate,
  productName: kos.productName,
  contractDescription: kos.contractInfo?.name ?? null,
  amountDueWon: kos.charge,
  items: kos.items.map((each) => ({ name: each.itemName, type: typeOf(each), amountWon: each.amount })),
  usage: [
    { type: 'VOICE', ...toUsage(kos.usage.voice) },
    { type: 'DATA', ...toUsage(kos.usage.data) },
    { type: 'SMS', ...toUsage(kos.usage.sms) },
  ],
  terminationFee: {
    totalWon: kos.estimatedCancellationFee.totalFee,
    contractPenaltyWon: kos.estimatedCancellationFee.contractPenalty,
    installmentRemainingWon: kos.estimatedCancellationFee.installmentRemaining,
    otherFeesWon: kos.estimatedCancellationFee.otherFees,
  },
  deviceInstallment: kos.deviceInstallment && {
    deviceModel: kos.deviceInstallment.deviceModel,
    totalWon: kos.deviceInstallment.total,
    monthlyWon: kos.deviceInstallment.monthly,
    remainingWon: kos.deviceInstallment.remaining,
    remainingMonths: kos.deviceInstallment.remainingMonths,
  },
  payment: {
    status: kos.billingPaymentInfo.paymentStatus,
    method: kos.billingPaymentInfo.paymentMethod,
    dueDate: kos.billingPaymentInfo.dueDate,
    paidOn: kos.billingPaymentInfo.paymentDate,
  },
});

/** What KOS has begun to bill since this was written is shown under KOS's own name for it, and counts. */
function typeOf({ type, amount }: TypedAmount): BillItemType {
  if (isItemType(type)) return itemTypes[type];
  return amount < 0 ? 'CREDIT' : 'ONE_TIME_CHARGE';
}

const toUsage = ({ used, limit }: z.output<typeof bucket>) => ({ used, allowance: limit === unlimited ? null : limit });

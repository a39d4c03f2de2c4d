import { isBillingMonth, type BillingMonth } from './billing-month.ts';
import { isLineId } from './own-lines.ts';

const prefix = 'bill_';

interface BillKey {
  readonly lineId: string;
  readonly billingMonth: BillingMonth;
}

export const billIdOf = ({ lineId, billingMonth }: BillKey): string =>
  prefix + Buffer.from(`${lineId}/${billingMonth}`, 'utf8').toString('base64url');

/** What a bill's id names; null for anything that is no such id. */
export function readBillId(id: string): BillKey | null {
  if (!id.startsWith(prefix) || id.length > 64) return null;
  const [lineId = '', billingMonth = ''] = Buffer.from(id.slice(prefix.length), 'base64url')
    .toString('utf8')
    .split('/');
  if (!isLineId(lineId) || !isBillingMonth(billingMonth)) return null;
  const key = { lineId, billingMonth };
  return billIdOf(key) === id ? key : null;
}

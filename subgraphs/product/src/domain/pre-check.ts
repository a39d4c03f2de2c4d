import type { CalendarDay } from './calendar.ts';
import { isSellable, type ProductOffering } from './product-offering.ts';
import type { LineStanding, LineStatus } from './product.ts';

/** The three checks (상품 사전 체크) with everything each may find; the words are in texts.ts. */
export type PreCheck =
  | { readonly type: 'PRODUCT_AVAILABLE'; readonly finding: 'ON_SALE' | 'NOT_ON_SALE' | 'UNKNOWN_PLAN' }
  | { readonly type: 'OPERATOR_MATCH'; readonly finding: 'SAME_OPERATOR' | 'OTHER_OPERATOR' }
  | { readonly type: 'LINE_STATUS'; readonly finding: 'IN_USE' | 'SUSPENDED' | 'TERMINATED' };

export type Finding = PreCheck['finding'];

const passing: ReadonlySet<Finding> = new Set<Finding>(['ON_SALE', 'SAME_OPERATOR', 'IN_USE']);

const lineFindings = {
  ACTIVE: 'IN_USE',
  SUSPENDED: 'SUSPENDED',
  TERMINATED: 'TERMINATED',
} as const satisfies Record<LineStatus, Finding>;

export const isPassed = ({ finding }: PreCheck): boolean => passing.has(finding);

export const isQualified = (checks: readonly PreCheck[]): boolean => checks.every(isPassed);

/** All three are evaluated whatever the others find; a plan that does not exist is neither on sale nor the operator's. */
export function preCheck(subject: {
  readonly target: ProductOffering | null;
  readonly line: LineStanding;
  readonly today: CalendarDay;
}): readonly PreCheck[] {
  const { target, line, today } = subject;
  return [
    { type: 'PRODUCT_AVAILABLE', finding: saleFinding(target, today) },
    {
      type: 'OPERATOR_MATCH',
      finding: target?.operatorCode === line.operatorCode ? 'SAME_OPERATOR' : 'OTHER_OPERATOR',
    },
    { type: 'LINE_STATUS', finding: lineFindings[line.status] },
  ];
}

function saleFinding(target: ProductOffering | null, today: CalendarDay) {
  if (target === null) return 'UNKNOWN_PLAN';
  return isSellable(target, today) ? 'ON_SALE' : 'NOT_ON_SALE';
}

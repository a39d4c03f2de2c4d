import type { Clock } from '../../stand-in/clock.ts';
import { dayInSeoul } from './calendar.ts';
import type { ChangeLedger, ChangeRecord } from './change-ledger.ts';
import { knownPlan, type Plan } from './plans.ts';
import type { Line } from './subscription.ts';

export type LineStatus = 'ACTIVE' | 'SUSPENDED' | 'TERMINATED';

/** What is true of a line on a day, once the changes made through KOS are laid over its seeded past. */
export interface LineStanding {
  today(): string;
  planOn(line: Line, day: string): Plan;
  statusOf(line: Line): LineStatus;
  bookedChange(line: Line): ChangeRecord | undefined;
}

export function createLineStanding(ledger: ChangeLedger, clock: Clock): LineStanding {
  const today = (): string => dayInSeoul(clock.now());
  return {
    today,
    planOn(line, day) {
      const changed = ledger.acceptedOf(line.lineNumber).findLast((change) => change.effectiveDate <= day);
      return knownPlan(changed?.newProductCode ?? seededPlanOn(line, day));
    },
    statusOf(line) {
      if (line.terminatedOn !== null && line.terminatedOn <= today()) return 'TERMINATED';
      return line.suspendedOn !== null && line.suspendedOn <= today() ? 'SUSPENDED' : 'ACTIVE';
    },
    bookedChange: (line) => ledger.acceptedOf(line.lineNumber).find((change) => change.effectiveDate > today()),
  };
}

function seededPlanOn(line: Line, day: string): string {
  const period = line.planHistory.findLast(({ from }) => from <= day) ?? line.planHistory[0];
  return period.productCode;
}

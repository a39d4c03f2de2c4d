import { CodedError } from '@supergraph/platform/errors';
import type { Logger } from '@supergraph/platform/telemetry';

/** Whether an operation that costs too much is refused, or only written down. */
export type CostMode = 'measure' | 'enforce';

/** What an operation costs against what it may. */
export interface CostAgainstBudget {
  readonly estimated: number;
  readonly allowed: number;
}

/** Thrown for an operation above its role's budget. */
export class OperationTooExpensive extends CodedError {
  /** Null for those who may not know. */
  readonly cost: CostAgainstBudget | null;

  constructor(cost: CostAgainstBudget | null) {
    super('OPERATION_TOO_EXPENSIVE');
    this.name = 'OperationTooExpensive';
    this.cost = cost;
  }
}

/** Who asks, and for what, as far as a budget goes. */
export interface Spending {
  readonly estimated: number;
  readonly role: { readonly name: string; readonly maxCost: number; readonly seesCost: boolean };
  readonly requestId: string;
  readonly operationName: string | null;
}

/** Throws OperationTooExpensive for an operation above the budget of its asker's role. */
export type AssertAffordable = (spending: Spending) => void;

/** Makes the check against budgets; in the mode `measure` it only writes down what it would have refused. */
export function createCostGate({ mode, log }: { readonly mode: CostMode; readonly log: Logger }): AssertAffordable {
  return ({ estimated, role, requestId, operationName }) => {
    const allowed = role.maxCost;
    if (estimated <= allowed) return;
    if (mode === 'enforce') throw new OperationTooExpensive(role.seesCost ? { estimated, allowed } : null);
    log.warn({ requestId, operationName, role: role.name, estimated, allowed }, 'an operation would be too expensive');
  };
}

import { CodedError } from '@supergraph/platform/errors';
import type { Logger } from '@supergraph/platform/telemetry';

/** Whether an operation that costs too much is refused, or only written down. */
export type CostMode = 'measure' | 'enforce';

/** What an operation costs against what it may. */
export interface CostShown {
  readonly estimated: number;
  readonly allowed: number;
}

/** Thrown for an operation above its role's budget. */
export class OperationTooExpensive extends CodedError {
  readonly cost: CostShown;

  constructor(cost: CostShown) {
    super('OPERATION_TOO_EXPENSIVE');
    this.name = 'OperationTooExpensive';
    this.cost = cost;
  }
}

/** Who asks, and for what, as far as a budget goes. */
export interface Spending {
  readonly estimated: number;
  readonly role: { readonly name: string; readonly maxCost: number };
  readonly requestId: string;
  readonly operationName: string | null;
}

/** Makes the check of estimated cost against the budget of a role. Throws OperationTooExpensive in the mode `enforce`. */
export function createCostGate({ mode, log }: { readonly mode: CostMode; readonly log: Logger }) {
  return ({ estimated, role, requestId, operationName }: Spending): void => {
    const allowed = role.maxCost;
    if (estimated <= allowed) return;
    if (mode === 'enforce') throw new OperationTooExpensive({ estimated, allowed });
    log.warn({ requestId, operationName, role: role.name, estimated, allowed }, 'an operation would be too expensive');
  };
}

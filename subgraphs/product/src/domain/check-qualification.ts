import type { InspectChange } from './inspect-change.ts';
import { KosUnavailable, type Unavailability } from './kos-unavailable.ts';
import { findOwnLine, type OwnCustomer } from './own-customer.ts';
import type { Qualification, RequestJournal } from './ports.ts';

export type QualificationOutcome =
  | { readonly kind: 'checked'; readonly qualification: Qualification }
  | { readonly kind: 'line-not-found' }
  | { readonly kind: 'unavailable'; readonly unavailability: Unavailability };

export type CheckQualification = (question: {
  readonly customerId: string | null;
  readonly lineId: string;
  readonly productCode: string;
}) => Promise<QualificationOutcome>;

/** The pre-check as a question of its own (상품 사전 체크); its result is kept, passed or not. */
export function createCheckQualification(deps: {
  readonly ownCustomer: OwnCustomer;
  readonly inspect: InspectChange;
  readonly journal: RequestJournal;
  readonly newId: () => string;
}): CheckQualification {
  const { ownCustomer, inspect, journal, newId } = deps;

  const check: CheckQualification = async ({ customerId, lineId, productCode }) => {
    const line = await findOwnLine(ownCustomer, customerId, lineId);
    if (line === null) return { kind: 'line-not-found' };
    const inspection = await inspect(line, productCode, 'interactive');
    if (inspection.kind === 'not-own') return { kind: 'line-not-found' };
    if (inspection.kind === 'unavailable') return inspection;
    const { productCodeBefore, checks, checkedAt, calls } = inspection;
    const qualification: Qualification = {
      id: newId(),
      customerId: line.customerId,
      lineId,
      productCodeBefore,
      productCodeAfter: productCode,
      checks,
      checkedAt,
    };
    await journal.qualified(qualification, calls);
    return { kind: 'checked', qualification };
  };

  return async (question) => {
    try {
      return await check(question);
    } catch (error) {
      if (error instanceof KosUnavailable) return { kind: 'unavailable', unavailability: error.unavailability };
      throw error;
    }
  };
}

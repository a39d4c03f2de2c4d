import type { Attack } from '../kit/attack.ts';
import { valueAt } from '../kit/trial.ts';

const question = /* GraphQL */ `
  {
    productOfferings(first: 3) {
      totalCount
    }
    billInquiryMenu {
      lines {
        bill {
          __typename
          ... on UserError {
            code
          }
        }
      }
    }
  }
`;

export const attack: Attack = {
  threat: 'T9',
  title: 'What failed is never shown as none',
  async run(target, trial) {
    const { kos } = target;
    if (kos === null) return 'needs the switches of KOS';
    const { access: token } = await target.logIn('testuser02');
    const faults = ['html', 'truncated', 'wrong-types', 'other-line'] as const;
    try {
      for (const malformed of faults) {
        await kos.fail([{ operation: '*', malformed }]);
        const { data, codes } = await trial.ask(question, { token });
        const bill = valueAt(data, 'billInquiryMenu', 'lines', 0, 'bill');
        const kind = valueAt(bill, '__typename');
        const isTold = kind === 'CustomerBill' || kind === 'BackendUnavailable' || codes.length > 0;
        trial.holds(isTold, `${malformed}: ${JSON.stringify(data)} without an error`);
        trial.holds(valueAt(data, 'productOfferings') !== null || codes.length > 0, `${malformed}: no plans, no error`);
        trial.holds(kind !== 'BillNotIssued', `${malformed}: a bill that exists is said not to`);
      }
    } finally {
      await kos.heal();
    }
    return `${faults.length} kinds of garbled answers of KOS`;
  },
};

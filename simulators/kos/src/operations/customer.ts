import { z } from 'zod';
import { contractOn } from '../contract.ts';
import type { LineStanding } from '../line-standing.ts';
import type { Population } from '../population.ts';
import { answerWith } from '../result-codes.ts';
import type { Line } from '../subscription.ts';
import type { Operation } from './operation.ts';

const asked = z.object({ customerId: z.string().regex(/^[A-Za-z0-9]{1,20}$/) });

interface Deps {
  readonly population: Population;
  readonly standing: LineStanding;
}

export function createCustomerLookup({ population, standing }: Deps): Operation<z.infer<typeof asked>> {
  const summaryOf = (line: Line) => ({
    lineNumber: line.lineNumber,
    status: standing.statusOf(line),
    activationDate: line.activatedOn,
    currentProductCode: standing.planOn(line, standing.today()).productCode,
    contract: contractOn(line, standing.today()),
  });
  return {
    name: 'customer',
    method: 'GET',
    path: '/kos/customer/:customerId',
    asked,
    perform({ customerId }) {
      const customer = population.findCustomer(customerId);
      if (!customer) return answerWith('E003');
      const lines = customer.lines.map(summaryOf);
      return answerWith('0000', {
        customerId,
        customerName: customer.name,
        customerType: customer.type,
        status: lines.every((line) => line.status === 'TERMINATED') ? 'INACTIVE' : 'ACTIVE',
        operatorCode: customer.operatorCode,
        regDate: customer.registeredOn,
        lines,
      });
    },
  };
}

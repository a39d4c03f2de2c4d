import { z } from 'zod';

import type { CustomerAtKos } from '../domain/ports.ts';
import type { LineStanding } from '../domain/product.ts';
import { KosFault } from './kos-client.ts';
import { kosDay, productCode, won } from './kos-fields.ts';

const lineNumber = z.string().regex(/^\d{11}$/);

const standing = z.object({
  lineNumber,
  customerId: z.string().min(1).max(64),
  operatorCode: z.string().min(1).max(32),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'TERMINATED']),
  activationDate: kosDay,
  currentProductCode: productCode,
  contract: z
    .object({ start: kosDay, end: kosDay, remainingMonths: z.int().nonnegative(), penaltyAmount: won })
    .nullable(),
  pendingChange: z.object({ newProductCode: productCode, effectiveDate: kosDay }).nullable(),
});

/** Reads a line's status. Throws when it is not the line that was asked for: it would be shown to the wrong person. */
export function readStanding(data: unknown, askedLineNumber: string): LineStanding {
  const told = standing.parse(data);
  if (told.lineNumber !== askedLineNumber) throw new KosFault('KOS answered for another line');
  const { contract, pendingChange } = told;
  return {
    customerId: told.customerId,
    operatorCode: told.operatorCode,
    status: told.status,
    activatedOn: told.activationDate,
    productCode: told.currentProductCode,
    contract: contract && {
      firstDay: contract.start,
      lastDay: contract.end,
      remainingMonths: contract.remainingMonths,
      earlyTerminationFeeWon: contract.penaltyAmount,
    },
    scheduledChange: pendingChange && {
      productCode: pendingChange.newProductCode,
      effectiveDate: pendingChange.effectiveDate,
    },
  };
}

const customer = z.object({
  customerId: z.string(),
  customerName: z.string().min(1).max(200),
  operatorCode: z.string().min(1).max(32),
  regDate: kosDay,
  lines: z.array(z.object({ lineNumber })),
});

/** Reads a customer. Throws when it is not the one that was asked for. */
export function readCustomer(data: unknown, askedCustomerId: string): CustomerAtKos {
  const told = customer.parse(data);
  if (told.customerId !== askedCustomerId) throw new KosFault('KOS answered for another customer');
  return {
    profile: { name: told.customerName, operatorCode: told.operatorCode, registeredOn: told.regDate },
    lineNumbers: told.lines.map((line) => line.lineNumber),
  };
}

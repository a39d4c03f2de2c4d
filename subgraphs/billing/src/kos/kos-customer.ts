import { z } from 'zod';

import type { KosCustomer } from '../domain/ports.ts';
import { UnusableReply } from './kos-reply.ts';
import { kosLineNumber } from './kos-text.ts';

const kosCustomer = z.object({
  customerId: z.string(),
  operatorCode: z.string().regex(/^\w{1,20}$/),
  lines: z.array(z.object({ lineNumber: kosLineNumber })).max(1_000),
});

/** Reads a customer's lines out of a reply. Throws UnusableReply unless they are those of the customer asked for. */
export function readCustomer(data: unknown, customerId: string): KosCustomer {
  const read = kosCustomer.safeParse(data);
  if (!read.success) throw new UnusableReply('The customer has not the form that was agreed', { cause: read.error });
  if (read.data.customerId !== customerId) throw new UnusableReply('The customer is another than was asked for');
  return { operatorCode: read.data.operatorCode, lineNumbers: read.data.lines.map((line) => line.lineNumber) };
}

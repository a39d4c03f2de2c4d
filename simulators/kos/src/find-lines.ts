import { z } from 'zod';
import { contractOn } from './contract.ts';
import { instalmentIn } from './device-instalment.ts';
import { monthOf } from './calendar.ts';
import type { LineStanding } from './line-standing.ts';
import { hasOverdueBill } from './payment.ts';
import type { Population } from './population.ts';
import type { Customer, Line } from './subscription.ts';

const contractTypes = ['NONE', 'SELECTIVE_DISCOUNT', 'DEVICE_SUBSIDY'] as const;

const properties = z.object({
  customerId: z.string(),
  lineNumber: z.string(),
  operatorCode: z.enum(['MVNO001', 'MVNO002']),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'TERMINATED']),
  currentProductCode: z.string(),
  device: z.enum(['3G', 'LTE', '5G']),
  contractType: z.enum(contractTypes),
  hasInstalment: z.stringbool().or(z.boolean()),
  isOverdue: z.stringbool().or(z.boolean()),
  lineCount: z.coerce.number().int(),
});

/** A line as it stands now, with what a test may want to pick it by. */
export type LineProperties = z.infer<typeof properties>;

const lineQuery = z.strictObject({
  ...properties.partial().shape,
  limit: z.coerce.number().int().positive().default(20),
});

export type LineQuery = Partial<LineProperties> & { readonly limit?: number };

interface Deps {
  readonly population: Population;
  readonly standing: LineStanding;
}

/** Lines that have every property asked for, in the order of the population (demo customers first). */
export function createFindLines({ population, standing }: Deps): (query: LineQuery) => LineProperties[] {
  const describe = (customer: Customer, line: Line): LineProperties => {
    const today = standing.today();
    const instalment = instalmentIn(line, monthOf(today));
    return {
      customerId: customer.customerId,
      lineNumber: line.lineNumber,
      operatorCode: line.operatorCode,
      status: standing.statusOf(line),
      currentProductCode: standing.planOn(line, today).productCode,
      device: line.device,
      contractType: contractOn(line, today)?.type ?? 'NONE',
      hasInstalment: instalment !== null && instalment.remaining > 0,
      isOverdue: hasOverdueBill(line, today),
      lineCount: customer.lines.length,
    };
  };

  return ({ limit = 20, ...wanted }) => {
    const found: LineProperties[] = [];
    for (const customer of population.customers()) {
      for (const line of customer.lines) {
        const described = describe(customer, line);
        if (has(described, wanted)) found.push(described);
        if (found.length === limit) return found;
      }
    }
    return found;
  };
}

/** Reads the query string of the admin door; throws a ZodError for what it does not know. */
export function readLineQuery(raw: unknown): LineQuery {
  const { limit, ...wanted } = lineQuery.parse(raw);
  return { limit, ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) };
}

function has(described: LineProperties, wanted: Partial<LineProperties>): boolean {
  const facts = new Map<string, unknown>(Object.entries(described));
  return Object.entries(wanted).every(([name, value]) => facts.get(name) === value);
}

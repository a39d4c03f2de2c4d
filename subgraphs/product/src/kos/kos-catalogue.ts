import { z } from 'zod';

import type { Catalogue, ProductOffering } from '../domain/product-offering.ts';
import { KosFault } from './kos-client.ts';
import { kosDay, limit, productCode, won } from './kos-fields.ts';

const plan = z.object({
  productCode,
  productName: z.string().min(1),
  networkType: z.string().min(1),
  monthlyFee: won,
  dataLimit: limit,
  voiceLimit: limit,
  smsLimit: limit,
  saleStatus: z.enum(['ON_SALE', 'ENDED']),
  saleStartDate: kosDay,
  saleEndDate: kosDay.nullable(),
  operatorCode: z.string().min(1),
  description: z.string().nullable(),
});

const toOffering = (told: z.output<typeof plan>): ProductOffering => ({
  code: told.productCode,
  name: told.productName,
  description: told.description,
  operatorCode: told.operatorCode,
  networkType: told.networkType,
  monthlyFeeWon: told.monthlyFee,
  allowances: [
    { type: 'VOICE', unit: 'MINUTE', amount: told.voiceLimit },
    { type: 'DATA', unit: 'MEGABYTE', amount: told.dataLimit },
    { type: 'SMS', unit: 'MESSAGE', amount: told.smsLimit },
  ],
  sale: { isOpen: told.saleStatus === 'ON_SALE', firstDay: told.saleStartDate, lastDay: told.saleEndDate },
});

/** Reads the plans of all operators. A code listed twice would make the answer depend on the order of the list. */
export function readCatalogue(data: unknown): Catalogue {
  const catalogue = z
    .object({ products: z.array(plan) })
    .parse(data)
    .products.map(toOffering);
  if (new Set(catalogue.map((offering) => offering.code)).size !== catalogue.length)
    throw new KosFault('KOS lists a plan twice');
  return catalogue;
}

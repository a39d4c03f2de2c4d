import { operationsFolder } from '@supergraph/schema/operation-manifest';
import { z } from 'zod';

import type { edgeSettings } from './edge-config.ts';
import { readOperationModes, type OperationModes } from './persisted/operation-modes.ts';

const operationModes = () =>
  z.string().transform((text, problem): OperationModes => {
    const read = readOperationModes(text);
    if (read !== null) return read;
    problem.addIssue('must list modes by client such as web=safelist,ios=id-only,*=log');
    return z.NEVER;
  });

/** Settings of what may be asked: which operations, at what cost. */
export const operationSettings = {
  PERSISTED_OPERATIONS: operationModes().default(new Map([['*', 'log']])),
  PERSISTED_OPERATIONS_FOLDER: z.string().min(1).default(operationsFolder),
  COST_MODE: z.enum(['measure', 'enforce']).default('enforce'),
};

type Given = z.output<z.ZodObject<typeof operationSettings>> &
  Pick<z.output<z.ZodObject<typeof edgeSettings>>, 'REDIS_URL' | 'CACHE_PREFIX'>;

/** Turns those settings into what the parts are made with. */
export const readOperationConfig = (given: Given) => ({
  persistedOperations: {
    /** Where manifests of clients are. */
    folder: given.PERSISTED_OPERATIONS_FOLDER,
    /** What each client may send besides. */
    modes: given.PERSISTED_OPERATIONS,
    /** For the texts that clients registered by themselves; without Redis each instance keeps its own. */
    redisUrl: given.REDIS_URL ?? null,
    keyPrefix: `${given.CACHE_PREFIX}:gateway:operation:`,
  },
  /** Whether an operation above its asker's budget is refused, or only written down. */
  costMode: given.COST_MODE,
});

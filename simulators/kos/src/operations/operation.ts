import { z } from 'zod';
import type { Answer } from '../result-codes.ts';

export const operationNames = [
  'bill-inquiry',
  'product-change',
  'change-status',
  'customer',
  'products',
  'line-status',
] as const;

export type OperationName = (typeof operationNames)[number];

/** One thing KOS can be asked. Path, query and body fields arrive as one object. */
export interface Operation<Asked> {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly asked: z.ZodType<Asked>;
  /** A fixed latency of this very call, before scaling; `undefined` for the usual delay. */
  readonly scenarioLatencyMs?: (asked: Asked) => number | undefined;
  readonly perform: (asked: Asked, effect: Effect) => Answer | Promise<Answer>;
}

export interface Effect {
  /** How long what is done now stays unseen; 0 unless a fault says otherwise. */
  readonly delayedMs: number;
}

export const lineNumber = z.string().regex(/^\d{11}$/);
export const transactionId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export const productCode = z.string().regex(/^[A-Z0-9-]{1,30}$/);

/** What a call is about, as far as it can be made out; used to pick faults and to log, never needed to answer. */
export const subject = z.object({
  lineNumber: lineNumber.optional().catch(undefined),
  transactionId: transactionId.optional().catch(undefined),
});

export type Subject = z.infer<typeof subject>;

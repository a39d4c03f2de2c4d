import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';
import { z } from 'zod';

/** Payloads sealed before they are written: readable in no table, no queue and no backup on their way. */
export interface SealedPayloads {
  seal(messageId: string, payload: unknown): SealedPayload;
  /** Throws SealBroken, and ZodError for what was never sealed. */
  open(messageId: string, payload: unknown): unknown;
}

const sealedPayload = z.object({ sealed: z.string() });
type SealedPayload = z.infer<typeof sealedPayload>;

/** AES-256-GCM, bound to the message. */
export function createSealedPayloads(cipher: FieldCipher): SealedPayloads {
  const placeOf = (messageId: string) => fieldPlace({ table: 'message', row: messageId, column: 'payload' });
  return {
    seal: (messageId, payload) => ({ sealed: cipher.seal(JSON.stringify(payload), placeOf(messageId)) }),
    open: (messageId, payload): unknown =>
      JSON.parse(cipher.open(sealedPayload.parse(payload).sealed, placeOf(messageId))),
  };
}

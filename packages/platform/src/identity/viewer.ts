import { z } from 'zod';

/** What a person is to us, as tokens say it. */
export const roleSchema = z.enum(['CUSTOMER', 'OPERATOR', 'ANALYST', 'PARTNER', 'DEVELOPER']);

/** What a person is to us; only a customer has lines, bills and plans. */
export type Role = z.output<typeof roleSchema>;

/** Who is asking, as the access token says and the gateway vouches for. */
export const viewerSchema = z.object({
  /** Opaque id of the account. */
  userId: z.string().min(1).max(64),
  /** The customer behind the account; null for everybody else. */
  customerId: z.string().min(1).max(64).nullable(),
  role: roleSchema,
  /** Permission codes, e.g. BILL_INQUIRY. */
  scopes: z.array(z.string().max(64)).max(32).readonly(),
  /** The session the access token belongs to. */
  sessionId: z.string().min(1).max(64),
});

export type Viewer = Readonly<z.output<typeof viewerSchema>>;

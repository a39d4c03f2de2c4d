import { z } from 'zod';

const claimsSchema = z.object({ sub: z.string(), customer_id: z.string().nullable() });

/** Whom an access token is made out to; nobody for what is none. Unverified: only for one that auth has just answered. */
export function idsInToken(token: string): readonly string[] {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return [];
    const { sub, customer_id: customerId } = claims.data;
    return customerId === null ? [sub] : [sub, customerId];
  } catch {
    return [];
  }
}

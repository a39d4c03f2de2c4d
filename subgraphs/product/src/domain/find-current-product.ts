import type { Known } from './freshness.ts';
import type { StandingSource } from './ports.ts';
import type { LineStanding, OwnLine } from './product.ts';

/** What a line is on now (현재 상품); null when KOS does not know it as this customer's. Throws KosUnavailable. */
export type FindCurrentProduct = (line: OwnLine) => Promise<Known<LineStanding> | null>;

export const createFindCurrentProduct =
  (standings: StandingSource): FindCurrentProduct =>
  async (line) => {
    const known = await standings.standing(line);
    return known?.value.customerId === line.customerId ? known : null;
  };

import type { FormattedExecutionResult } from 'graphql';

/**
 * Whether a change was made although its answer may be null: what went wrong stands below a root field, so that one had
 * been carried out. An operation that was refused has no data at all.
 */
export const isCarriedOut = ({ data, errors = [] }: FormattedExecutionResult): boolean =>
  data !== undefined && errors.some(({ path = [] }) => path.length > 1);

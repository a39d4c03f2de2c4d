import { CodedError } from '@supergraph/platform/errors';

const bearerPattern = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
const longestHeader = 8_192;

/**
 * The token of a request's Authorization header, null without one. Names and values alternate in `rawHeaders`, since
 * Node keeps only the first of two Authorization headers elsewhere. Throws INVALID_TOKEN for anything but one `Bearer x.y.z`,
 * whose scheme may be written in any case.
 */
export function bearerTokenOf(rawHeaders: readonly string[]): string | null {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'authorization');
  const [value] = values;
  if (value === undefined) return null;
  const token = value.length <= longestHeader ? bearerPattern.exec(value)?.[1] : undefined;
  if (token === undefined || values.length > 1) throw new CodedError('INVALID_TOKEN');
  return token;
}

import { scrubText } from '../privacy/index.ts';
import { describeError } from './describe-error.ts';
import { isSensitiveField } from './sensitive-fields.ts';

const hidden = '***';
const deepest = 5;
const longestList = 50;

/** The fields of a line as they may be written: sensitive ones hidden by name, texts scrubbed of what looks personal. */
export const withoutPersonalData = (fields: object): Record<string, unknown> => shownFields(fields, 0);

const shownFields = (fields: object, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      scrubText(name),
      isSensitiveField(name) ? hide(value) : shown(value, depth),
    ]),
  );

const hide = (value: unknown): unknown => (value === null || value === undefined ? value : hidden);

function shown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value).error;
  if (value instanceof URL) return scrubText(value.href);
  if (ArrayBuffer.isView(value) || depth >= deepest) return hidden;
  if (Array.isArray(value)) return value.slice(0, longestList).map((each: unknown) => shown(each, depth + 1));
  return shownFields(value, depth + 1);
}

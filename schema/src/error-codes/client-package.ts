import type { Actor, ErrorEntry } from '../error-catalogue.ts';

type Catalogue = Readonly<Record<string, ErrorEntry>>;

const notice = '// Written by `npm run errors` out of schema/src/error-catalogue.ts. Do not edit.';

/** The JavaScript of the package for clients: plain values that need nothing to be installed beside them. */
export const clientModule = (catalogue: Catalogue): string => `${notice}

/** Every code, with what to do about it and what to tell the person. */
export const errors = ${JSON.stringify(catalogue)};

/** Whether a value is a code known when this package was made; a newer server may say others. */
export const isErrorCode = (value) => typeof value === 'string' && Object.hasOwn(errors, value);
`;

const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(' | ');

/** The types that go with it. */
export const clientTypes = (catalogue: Catalogue, actors: Readonly<Record<Actor, string>>): string => `${notice}

/** What stands in \`extensions.code\` of an error, and in \`code\` of a refusal that is data. */
export type ErrorCode = ${quoted(Object.keys(catalogue))};

/**
 * Who can do something about it:
${Object.entries(actors)
  .map(([actor, what]) => ` * - ${actor}: ${what}`)
  .join('\n')}
 */
export type Actor = ${quoted(Object.keys(actors))};

export interface ErrorEntry {
  /** The status of an answer that is nothing but this refusal; 200 for what arrives as data, or beside data. */
  readonly httpStatus: number;
  readonly actor: Actor;
  /** Whether the same request may succeed later without being changed. */
  readonly isRetryable: boolean;
  readonly ko: string;
  readonly en: string;
}

/** Every code, with what to do about it and what to tell the person. */
export declare const errors: Readonly<Record<ErrorCode, ErrorEntry>>;

/** Whether a value is a code known when this package was made; a newer server may say others. */
export declare const isErrorCode: (value: unknown) => value is ErrorCode;
`;

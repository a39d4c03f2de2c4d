import { CodedError, type ErrorCode } from '@supergraph/platform/errors';

import type { OperationFacts } from './operation/facts.ts';

/** The largest HTTP body that is read. */
export const maxBodyBytes = 32 * 1_024;

/** The most fetches the plan of a registered operation may have; a screen that needs more is two screens. */
export const maxFetchesOfRegistered = 4;

/** The most that each fact about an operation may be. */
export type OperationLimits = { readonly [Fact in keyof OperationFacts as `max${Capitalize<Fact>}`]: number };

/**
 * What holds for everybody. Roles may set their own numbers where they differ. The planner works on the event loop, so
 * the selections that it is given are bounded by how long it takes over the worst of them: docs/decisions/0021-cost.md.
 */
export const generalLimits: OperationLimits = {
  maxBytes: maxBodyBytes,
  maxTokens: 1_000,
  maxNesting: 25,
  maxAliases: 30,
  maxDirectives: 10,
  maxExpandedSelections: 500,
  maxDepth: 10,
  /** The introspection query of graphql-js and of Sandbox follows nine levels of list and non-null types. */
  maxIntrospectionDepth: 20,
  maxIntrospectionAliases: 0,
  maxSameMutation: 1,
  maxRootFields: 20,
  maxHeight: 300,
  maxRepeatedSelections: 50,
};

type Limit = keyof OperationLimits;

/** In the order in which they are made: what an attack would have most of is told first. */
const checks: readonly { readonly fact: keyof OperationFacts; readonly limit: Limit; readonly code: ErrorCode }[] = [
  { fact: 'nesting', limit: 'maxNesting', code: 'QUERY_TOO_DEEP' },
  { fact: 'aliases', limit: 'maxAliases', code: 'TOO_MANY_ALIASES' },
  { fact: 'directives', limit: 'maxDirectives', code: 'QUERY_TOO_LONG' },
  { fact: 'tokens', limit: 'maxTokens', code: 'QUERY_TOO_LONG' },
  { fact: 'bytes', limit: 'maxBytes', code: 'QUERY_TOO_LONG' },
  { fact: 'expandedSelections', limit: 'maxExpandedSelections', code: 'QUERY_TOO_COMPLEX' },
  { fact: 'depth', limit: 'maxDepth', code: 'QUERY_TOO_DEEP' },
  { fact: 'introspectionDepth', limit: 'maxIntrospectionDepth', code: 'QUERY_TOO_DEEP' },
  { fact: 'introspectionAliases', limit: 'maxIntrospectionAliases', code: 'QUERY_TOO_COMPLEX' },
  { fact: 'sameMutation', limit: 'maxSameMutation', code: 'TOO_MANY_ALIASES' },
  { fact: 'rootFields', limit: 'maxRootFields', code: 'QUERY_TOO_COMPLEX' },
  { fact: 'height', limit: 'maxHeight', code: 'QUERY_TOO_COMPLEX' },
  { fact: 'repeatedSelections', limit: 'maxRepeatedSelections', code: 'QUERY_TOO_COMPLEX' },
];

/**
 * Throws the code of the first limit that an operation exceeds. A limit that is not given does not bind, and a fact that
 * is not known yet is not looked at, so that tokens can be bounded before anything is parsed.
 */
export function assertWithin(facts: Partial<OperationFacts>, limits: Partial<OperationLimits>): void {
  for (const { fact, limit, code } of checks) {
    if ((facts[fact] ?? 0) > (limits[limit] ?? Number.POSITIVE_INFINITY)) throw new CodedError(code);
  }
}

/** For each limit the largest number that anybody is allowed: who exceeds it need not be asked who they are. */
export function mostGenerous(all: readonly Partial<OperationLimits>[]): OperationLimits {
  const most = (limit: Limit) => Math.max(...all.map((limits) => limits[limit] ?? generalLimits[limit]));
  return checks.reduce<OperationLimits>((bounds, { limit }) => ({ ...bounds, [limit]: most(limit) }), generalLimits);
}

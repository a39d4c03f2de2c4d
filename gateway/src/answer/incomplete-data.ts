import { GraphQLError } from 'graphql';

import type { ErrorPath } from './error-path.ts';

/**
 * Where the gateway made fields null because a subgraph's value did not fit the schema. It only mentions them in
 * `extensions.valueCompletion`, so that a client would take "failed" for "none".
 */
export function incompletePaths(extensions: Readonly<Record<string, unknown>> | undefined): readonly ErrorPath[] {
  const mentioned = extensions?.['valueCompletion'];
  if (!Array.isArray(mentioned)) return [];
  return mentioned.map((problem: unknown) => (problem instanceof GraphQLError ? (problem.path ?? []) : []));
}

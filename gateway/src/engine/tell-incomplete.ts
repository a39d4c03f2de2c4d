import type { ApolloGateway } from '@apollo/gateway';
import { getVariableValues, GraphQLError, type GraphQLSchema } from 'graphql';

import { isInAnswer, type ErrorPath } from '../answer/error-path.ts';
import type { JsonObject } from '../json-object.ts';
import { expandOnce } from '../operation/expand-operation.ts';
import type { GatewayContext } from '../request-context.ts';
import { mergeRoots } from '../subgraphs/merge-roots.ts';
import { findIncomplete } from './find-incomplete.ts';

type Execute = ApolloGateway['executor'];
type Result = Awaited<ReturnType<Execute>>;

const keyOf = (path: ErrorPath): string => JSON.stringify(path);
const prefixesOf = (path: ErrorPath): readonly string[] =>
  [...path, null].map((_, length) => keyOf(path.slice(0, length)));

/** The nearest place of the answer that an error tells of: it may name a field that was fetched, and not asked for. */
function placeOf(path: ErrorPath, data: unknown): ErrorPath {
  return isInAnswer(path, data) ? path : placeOf(path.slice(0, -1), data);
}

/** Whether errors tell of a place, of one above it or of one within it. An error without a place tells of all. */
function toldBy(errors: NonNullable<Result['errors']>, data: unknown): (path: ErrorPath) => boolean {
  const places = errors.map(({ path = [] }) => placeOf(path, data));
  const told = new Set(places.map(keyOf));
  const within = new Set(places.flatMap(prefixesOf));
  return (path) => within.has(keyOf(path)) || prefixesOf(path).some((prefix) => told.has(prefix));
}

/**
 * Makes @apollo/gateway say in every answer where it made fields null because a subgraph's value did not fit the schema: it
 * keeps that to itself when anything else failed, so that a client would take "failed" for "none". Nothing is looked at
 * while nothing fails. What root fetches brought is looked at afterwards, since all else is merged into those objects.
 */
export function tellIncomplete(schema: GraphQLSchema, execute: Execute): Execute {
  return async (run) => {
    const roots: JsonObject[] = [];
    const context: GatewayContext = { ...(run.context as GatewayContext), roots };
    const result = await execute({ ...run, context });
    const { errors = [], data } = result;
    if (errors.length === 0 || data === undefined) return result;
    const { variableDefinitions = [] } = run.operation;
    const root = schema.getRootType(run.operation.operation);
    const { coerced: variables } = getVariableValues(schema, variableDefinitions, run.request.variables ?? {});
    if (!root || variables === undefined) return result;
    const selections = expandOnce(schema, run);
    const isTold = toldBy(errors, data);
    const places = findIncomplete({ schema, root, selections, variables, brought: mergeRoots(roots), isTold });
    if (places.length === 0) return result;
    const valueCompletion = places.map((path) => new GraphQLError('a value does not fit the schema', { path }));
    return { ...result, extensions: { ...result.extensions, valueCompletion } };
  };
}

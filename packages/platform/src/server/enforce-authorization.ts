import {
  defaultFieldResolver,
  isObjectType,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { z } from 'zod';

import { CodedError } from '../errors/index.ts';
import type { Viewer } from '../identity/index.ts';

interface WithViewer {
  readonly viewer: Viewer | null;
}

/** What the SDL demands of whoever asks: to be signed in, and one whole group of scopes out of each requirement. */
interface Demand {
  readonly mustBeSignedIn: boolean;
  readonly scopeGroups: readonly (readonly (readonly string[])[])[];
}

const scopesArgument = z.array(z.array(z.string()));

function demandOf(directives: readonly ConstDirectiveNode[]): Demand {
  const scopeGroups = directives
    .filter((directive) => directive.name.value === 'requiresScopes')
    .map((directive) => {
      const scopes = directive.arguments?.find((argument) => argument.name.value === 'scopes');
      return scopesArgument.parse(scopes && valueFromASTUntyped(scopes.value));
    });
  const isMarked = directives.some((directive) => directive.name.value === 'authenticated');
  return { mustBeSignedIn: isMarked || scopeGroups.length > 0, scopeGroups };
}

function assertMeets(viewer: Viewer | null, demand: Demand): void {
  if (!demand.mustBeSignedIn) return;
  if (viewer === null) throw new CodedError('UNAUTHENTICATED');
  const holds = (group: readonly string[]) => group.every((scope) => viewer.scopes.includes(scope));
  if (!demand.scopeGroups.every((groups) => groups.some(holds))) throw new CodedError('FORBIDDEN');
}

const guarded =
  <Context extends WithViewer>(
    resolve: GraphQLFieldResolver<unknown, Context>,
    demand: Demand,
  ): GraphQLFieldResolver<unknown, Context> =>
  (source, args: Record<string, unknown>, context, info) => {
    assertMeets(context.viewer, demand);
    return resolve(source, args, context, info);
  };

const representations = z.object({ representations: z.array(z.looseObject({ __typename: z.string() })) });

/** Entities are looked up before any of their fields resolve, so their types are checked at the door. */
function guardEntities(schema: GraphQLSchema, demands: ReadonlyMap<string, Demand>): void {
  const entities = schema.getQueryType()?.getFields()['_entities'];
  if (entities?.resolve === undefined) return;
  const resolve: GraphQLFieldResolver<unknown, WithViewer> = entities.resolve;
  entities.resolve = (source, args: Record<string, unknown>, context: WithViewer, info) => {
    const asked = new Set(representations.parse(args).representations.map((each) => each.__typename));
    for (const typeName of asked) {
      const demand = demands.get(typeName);
      if (demand !== undefined) assertMeets(context.viewer, demand);
    }
    return resolve(source, args, context, info);
  };
}

/**
 * Makes every field of a schema check `@authenticated` and `@requiresScopes`, on the field and on its type, before it
 * resolves. Throws UNAUTHENTICATED or FORBIDDEN. The resolvers themselves stay free of such checks.
 */
export function enforceAuthorization(schema: GraphQLSchema): GraphQLSchema {
  const demandsOnTypes = new Map<string, Demand>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const onType = [type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.directives ?? []);
    demandsOnTypes.set(type.name, demandOf(onType));
    for (const field of Object.values(type.getFields())) {
      const demand = demandOf([...onType, ...(field.astNode?.directives ?? [])]);
      if (!demand.mustBeSignedIn) continue;
      field.resolve = guarded(field.resolve ?? defaultFieldResolver, demand);
    }
  }
  guardEntities(schema, demandsOnTypes);
  return schema;
}

import { createHash } from 'node:crypto';

import type { ApolloGateway } from '@apollo/gateway';
import { CodedError, type ErrorCode } from '@supergraph/platform/errors';
import type { PolicyMap } from '@supergraph/schema/field-policies';
import {
  execute as executeLocally,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  print,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';

import { prepareAuthorization, type Authorize, type Denied } from '../authorization/authorize.ts';
import { fillIn, type Substitute } from '../authorization/fill-in.ts';
import { freeTypeNameKey, leaveOut } from '../authorization/leave-out.ts';
import { expandOnce, type Selected, type SelectedField, type Variables } from '../operation/expand-operation.ts';
import type { GatewayContext } from '../request-context.ts';
import { createEntityVariableKeeper } from './entity-variable.ts';

/** Runs a validated operation, as @apollo/gateway does for @apollo/server. */
export type Execute = ApolloGateway['executor'];
type Run = Parameters<Execute>[0];
type Result = Awaited<ReturnType<Execute>>;

/** An operation written out, with what it takes to decide about it. */
export interface PreparedOperation {
  readonly selections: readonly Selected[];
  /** Free to be asked for in addition. */
  readonly typeNameKey: string;
  readonly authorize: Authorize;
  /** Root fields about the schema, which the planner's own model of `__Type` lags behind in. */
  readonly aboutSchema: readonly SelectedField[];
}

/** An operation without the fields that were left out. */
interface Reduction {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly queryHash: string;
}

const rememberedReductions = 1_000;

const isAboutSchema = (selected: Selected): selected is SelectedField =>
  selected.kind === 'field' && (selected.node.name.value === '__schema' || selected.node.name.value === '__type');

const atRoot = (selections: readonly Selected[]): readonly Selected[] =>
  selections.flatMap((selected) => (selected.kind === 'field' ? [selected] : atRoot(selected.selections)));

/** Writes an operation out and finds what it demands. */
export function prepareOperation(
  schema: GraphQLSchema,
  policies: PolicyMap,
  asked: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
): PreparedOperation {
  const selections = expandOnce(schema, asked);
  return {
    selections,
    typeNameKey: freeTypeNameKey(selections),
    authorize: prepareAuthorization(selections, policies),
    aboutSchema: atRoot(selections).filter(isAboutSchema),
  };
}

const refused = (code: ErrorCode, path: readonly (string | number)[]): GraphQLError =>
  new GraphQLError(code, { path, originalError: new CodedError(code) });

/** Where a field stands in the operation: the way to it in the answer but for the positions in lists. */
function wayTo(field: SelectedField, selections: readonly Selected[]): readonly string[] | null {
  for (const selected of selections) {
    if (selected === field) return [field.key];
    const inner = wayTo(field, selected.selections);
    if (inner !== null) return selected.kind === 'field' ? [selected.key, ...inner] : inner;
  }
  return null;
}

/** A mutation with one field that its asker may not see is refused whole: half a change is worse than none. */
function refuseWhole(denied: Denied, { selections }: PreparedOperation): Result {
  return { errors: [...denied].map(([field, code]) => refused(code, wayTo(field, selections) ?? [])) };
}

const only = (operation: OperationDefinitionNode, selections: readonly SelectionNode[]): OperationDefinitionNode => ({
  ...operation,
  selectionSet: { kind: Kind.SELECTION_SET, selections },
});

/**
 * Stands between validation and planning. Nothing is asked of a subgraph that the asker may not see: a query goes on
 * without such fields, which become null with a coded error each; a mutation is refused. What is asked about the schema is
 * answered from the contract of the asker's role.
 */
export function guardExecution(by: {
  readonly schema: GraphQLSchema;
  readonly policies: PolicyMap;
  readonly execute: Execute;
}): Execute {
  const { schema, policies, execute } = by;
  const keepEntityVariable = createEntityVariableKeeper();
  const prepared = new WeakMap<OperationDefinitionNode, PreparedOperation>();
  const reductions = new LRUCache<string, Reduction>({
    max: rememberedReductions,
  });

  function prepare(run: Run): PreparedOperation {
    const earlier = prepared.get(run.operation);
    if (earlier !== undefined) return earlier;
    const made = prepareOperation(schema, policies, run);
    prepared.set(run.operation, made);
    return made;
  }

  function reduce(whole: OperationDefinitionNode, left: readonly SelectionNode[]): Reduction {
    const operation = only(whole, left);
    const text = print(operation);
    const known = reductions.get(text);
    if (known !== undefined) return known;
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
    // A plan is remembered by this hash: it must not be that of the whole operation.
    const queryHash = createHash('sha256').update('reduced\n').update(text).digest('hex');
    const made = { document, operation, queryHash };
    reductions.set(text, made);
    return made;
  }

  async function runReduced(run: Run, left: readonly SelectionNode[]): Promise<Result> {
    if (left.length === 0) return { data: {} };
    return await execute({ ...run, ...reduce(run.operation, left) });
  }

  async function describeSchema(run: Run, fields: readonly SelectedField[], contract: GraphQLSchema): Promise<Result> {
    if (fields.length === 0) return { data: {} };
    const { variables } = run.request;
    const fragments = run.document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const definitions = [
      only(
        run.operation,
        fields.map(({ node }) => node),
      ),
      ...fragments,
    ];
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
    return await executeLocally({ schema: contract, document, ...(variables && { variableValues: variables }) });
  }

  return async (asked) => {
    const run = keepEntityVariable(asked);
    const { viewer, ownLineIds, contract, rehearsal } = run.context as GatewayContext;
    if (rehearsal !== undefined) return await execute(run);
    const operation = prepare(run);
    const { variableDefinitions = [] } = run.operation;
    const values = getVariableValues(schema, variableDefinitions, run.request.variables ?? {});
    // the engine says so in its own words, and by the names that the client gave
    if (values.errors !== undefined) return await execute(asked);
    const variables: Variables = values.coerced;
    const denied = operation.authorize({ viewer, ownLineIds }, variables);
    if (denied.size === 0 && operation.aboutSchema.length === 0) return await execute(run);
    if (run.operation.operation === OperationTypeNode.MUTATION) return refuseWhole(denied, operation);

    const isLeftOut = (field: SelectedField) => denied.has(field) || isAboutSchema(field);
    const [result, description] = await Promise.all([
      runReduced(run, leaveOut(operation.selections, operation.typeNameKey, isLeftOut)),
      describeSchema(run, operation.aboutSchema, contract),
    ]);
    const filled = fillIn({
      schema,
      selections: operation.selections,
      typeNameKey: operation.typeNameKey,
      variables,
      data: result.data ?? null,
      substituteOf: (field): Substitute | null => {
        if (denied.has(field)) return { kind: 'denied' };
        return isAboutSchema(field) ? { kind: 'value', value: description.data?.[field.key] ?? null } : null;
      },
    });
    const refusals = filled.denied.map(({ field, path }) => refused(denied.get(field) ?? 'FORBIDDEN', path));
    const errors = [...(result.errors ?? []), ...(description.errors ?? []), ...refusals];
    return { ...result, data: filled.data, ...(errors.length > 0 && { errors }) };
  };
}

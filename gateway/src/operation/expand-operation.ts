import {
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import { fragmentsOf, type Fragments } from './fragments.ts';

/** A field of an operation where it stands, all fragments above it written out. */
export interface SelectedField {
  readonly kind: 'field';
  readonly node: FieldNode;
  /** The name it has in the answer. */
  readonly key: string;
  /** The type it is selected on; that of the value may be one of its members. */
  readonly parent: GraphQLCompositeType;
  /** Null for `__typename` and what is asked about the schema. */
  readonly definition: GraphQLField<unknown, unknown> | null;
  readonly selections: readonly Selected[];
}

/** A fragment, spread or inline, in the place where it is used. */
export interface SelectedFragment {
  readonly kind: 'fragment';
  readonly node: InlineFragmentNode;
  readonly type: GraphQLCompositeType;
  readonly selections: readonly Selected[];
}

export type Selected = SelectedField | SelectedFragment;

/** Values of the variables of a request, coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/** A field of a type by its name; null for what is not in the schema, and for what every type has, as `__typename`. */
export function fieldOn(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | null {
  return isObjectType(parent) || isInterfaceType(parent) ? (parent.getFields()[name] ?? null) : null;
}

/** A spread is an inline fragment with the directives of the spread. */
function inlined(
  selection: Exclude<SelectionNode, FieldNode>,
  fragments: Fragments,
): { readonly node: InlineFragmentNode; readonly selectionSet: SelectionSetNode } | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return { node: selection, selectionSet: selection.selectionSet };
  const fragment = fragments.get(selection.name.value);
  if (fragment === undefined) return null;
  const { typeCondition, selectionSet } = fragment;
  const { directives } = selection;
  return {
    node: { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet, ...(directives && { directives }) },
    selectionSet,
  };
}

/**
 * Writes a valid operation out as a tree of fields and the types they are selected on. Its size is the operation's
 * expanded size, which the limits bound.
 */
export function expandOperation(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
): readonly Selected[] {
  function expand(set: SelectionSetNode, parent: GraphQLCompositeType): readonly Selected[] {
    return set.selections.flatMap((selection): readonly Selected[] => {
      if (selection.kind === Kind.FIELD) {
        const definition = fieldOn(parent, selection.name.value);
        const valueType = definition && getNamedType(definition.type);
        const inner = selection.selectionSet;
        const isObject = inner !== undefined && isCompositeType(valueType);
        const selections = isObject ? expand(inner, valueType) : [];
        const key = selection.alias?.value ?? selection.name.value;
        return [{ kind: 'field', node: selection, key, parent, definition, selections }];
      }
      const found = inlined(selection, fragments);
      if (found === null) return [];
      const condition = found.node.typeCondition;
      const type = condition === undefined ? parent : schema.getType(condition.name.value);
      if (!isCompositeType(type)) return [];
      return [{ kind: 'fragment', node: found.node, type, selections: expand(found.selectionSet, type) }];
    });
  }
  const root = schema.getRootType(operation.operation);
  return root ? expand(operation.selectionSet, root) : [];
}

type Expansions = WeakMap<OperationDefinitionNode, readonly Selected[]>;
const known = new WeakMap<GraphQLSchema, Expansions>();

/** Writes a valid operation out once, for as long as its document and its schema are kept. */
export function expandOnce(
  schema: GraphQLSchema,
  asked: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
): readonly Selected[] {
  const { document, operation } = asked;
  const expansions: Expansions = known.get(schema) ?? new WeakMap();
  known.set(schema, expansions);
  const selections = expansions.get(operation) ?? expandOperation(schema, operation, fragmentsOf(document));
  expansions.set(operation, selections);
  return selections;
}

/** Whether `@skip` and `@include` leave a selection in. */
export function isIncluded({ node }: Selected, variables: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return skip?.['if'] !== true && include?.['if'] !== false;
}

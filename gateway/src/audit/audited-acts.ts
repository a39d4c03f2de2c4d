import {
  getNamedType,
  isCompositeType,
  Kind,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { fieldOn } from '../operation/expand-operation.ts';
import type { Fragments } from '../operation/fragments.ts';
import type { AuditedFields } from './audited-fields.ts';

/** A type that can have fields, by its name; null for any other. */
export function compositeNamed(schema: GraphQLSchema, name: string): GraphQLCompositeType | null {
  const type = schema.getType(name);
  return isCompositeType(type) ? type : null;
}

/**
 * The acts that an operation amounts to, by their names. Costs are linear in the document, also for one that is about to
 * be refused for what its fragments add up to.
 */
export function actsOf(
  operation: OperationDefinitionNode,
  fragments: Fragments,
  by: { readonly schema: GraphQLSchema; readonly fields: AuditedFields },
): readonly string[] {
  const { schema, fields } = by;
  const acts = new Set<string>();
  const seen = new Set<string>();

  function walk(set: SelectionSetNode, type: GraphQLCompositeType | null): void {
    if (type === null) return;
    for (const selection of set.selections) {
      switch (selection.kind) {
        case Kind.FIELD: {
          for (const act of fields.actsOf(type, selection.name.value)) acts.add(act);
          const field = fieldOn(type, selection.name.value);
          if (selection.selectionSet !== undefined && field !== null) {
            walk(selection.selectionSet, compositeNamed(schema, getNamedType(field.type).name));
          }
          break;
        }
        case Kind.INLINE_FRAGMENT: {
          const condition = selection.typeCondition?.name.value;
          walk(selection.selectionSet, condition === undefined ? type : compositeNamed(schema, condition));
          break;
        }
        case Kind.FRAGMENT_SPREAD: {
          const fragment = fragments.get(selection.name.value);
          if (fragment === undefined || seen.has(selection.name.value)) break;
          seen.add(selection.name.value);
          walk(fragment.selectionSet, compositeNamed(schema, fragment.typeCondition.name.value));
          break;
        }
      }
    }
  }
  walk(operation.selectionSet, schema.getRootType(operation.operation) ?? null);
  return [...acts].sort();
}

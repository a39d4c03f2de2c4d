import { isAbstractType, Kind, type FieldNode, type SelectionNode } from 'graphql';

import type { Selected, SelectedField } from '../operation/expand-operation.ts';

const typeNameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
/** Tells which member of an abstract type a value is, under a name that no client can be using. */
export const typeNameKey = '__supergraph_typename';
const ownTypeName: FieldNode = { ...typeNameField, alias: { kind: Kind.NAME, value: typeNameKey } };

/** The selections of an operation without some of its fields, fragments written out; none when nothing is left. */
export function leaveOut(
  selections: readonly Selected[],
  isLeftOut: (field: SelectedField) => boolean,
): readonly SelectionNode[] {
  return selections.flatMap((selected): readonly SelectionNode[] => {
    if (selected.kind === 'fragment') {
      const inner = leaveOut(selected.selections, isLeftOut);
      if (inner.length === 0) return [];
      return [{ ...selected.node, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } }];
    }
    if (isLeftOut(selected)) return [];
    if (selected.node.selectionSet === undefined || selected.definition === null) return [selected.node];
    const inner = leaveOut(selected.selections, isLeftOut);
    const isAbstract = selected.selections.some(({ kind }) => kind === 'fragment') || isAbstractValue(selected);
    const kept = [...(isAbstract ? [ownTypeName] : []), ...inner];
    const left = kept.length === 0 ? [typeNameField] : kept;
    return [{ ...selected.node, selectionSet: { kind: Kind.SELECTION_SET, selections: left } }];
  });
}

const isAbstractValue = ({ selections }: SelectedField): boolean =>
  selections.some((selected) => selected.kind === 'field' && isAbstractType(selected.parent));

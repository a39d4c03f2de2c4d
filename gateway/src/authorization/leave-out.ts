import { isAbstractType, Kind, type FieldNode, type SelectionNode } from 'graphql';

import type { Selected, SelectedField } from '../operation/expand-operation.ts';

const typeNameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function keysIn(selections: readonly Selected[], keys = new Set<string>()): ReadonlySet<string> {
  for (const selected of selections) {
    if (selected.kind === 'field') keys.add(selected.key);
    keysIn(selected.selections, keys);
  }
  return keys;
}

/** A name that an operation gives to nothing, under which values can tell which member of an abstract type they are. */
export function freeTypeNameKey(selections: readonly Selected[]): string {
  const taken = keysIn(selections);
  let key = '__supergraph_typename';
  while (taken.has(key)) key = `_${key}`;
  return key;
}

/**
 * The selections of an operation without some of its fields, fragments written out; none when nothing is left. Values of
 * abstract types tell which member they are under `typeNameKey`.
 */
export function leaveOut(
  selections: readonly Selected[],
  typeNameKey: string,
  isLeftOut: (field: SelectedField) => boolean,
): readonly SelectionNode[] {
  const ownTypeName: FieldNode = { ...typeNameField, alias: { kind: Kind.NAME, value: typeNameKey } };
  return selections.flatMap((selected): readonly SelectionNode[] => {
    if (selected.kind === 'fragment') {
      const inner = leaveOut(selected.selections, typeNameKey, isLeftOut);
      if (inner.length === 0) return [];
      return [{ ...selected.node, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } }];
    }
    if (isLeftOut(selected)) return [];
    if (selected.node.selectionSet === undefined || selected.definition === null) return [selected.node];
    const inner = leaveOut(selected.selections, typeNameKey, isLeftOut);
    const isAbstract = selected.selections.some(({ kind }) => kind === 'fragment') || isAbstractValue(selected);
    const kept = [...(isAbstract ? [ownTypeName] : []), ...inner];
    const left = kept.length === 0 ? [typeNameField] : kept;
    return [{ ...selected.node, selectionSet: { kind: Kind.SELECTION_SET, selections: left } }];
  });
}

const isAbstractValue = ({ selections }: SelectedField): boolean =>
  selections.some((selected) => selected.kind === 'field' && isAbstractType(selected.parent));

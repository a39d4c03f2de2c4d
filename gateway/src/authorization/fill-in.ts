import {
  getNullableType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

import type { ErrorPath } from '../answer/error-path.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { isIncluded, type Selected, type SelectedField, type Variables } from '../operation/expand-operation.ts';

/** What stands in the answer where a field was left out of the operation. */
export type Substitute = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'denied' };

/** The whole answer, and where it says null because a field was denied. */
export interface FilledIn {
  /** Null when a denied field could not be null, nor anything above it. */
  readonly data: JsonObject | null;
  readonly denied: readonly { readonly field: SelectedField; readonly path: ErrorPath }[];
}

/** Says that a value that must not be null would be. */
const nothing = Symbol('nothing');

/**
 * Puts the fields that were left out of an operation back into its answer: each denied one as null, by the rules of null
 * in GraphQL, which may take what is above it along. The answer has its fields in the order the client named them.
 */
export function fillIn(by: {
  readonly schema: GraphQLSchema;
  readonly selections: readonly Selected[];
  /** Under which an object tells its type, where it does. */
  readonly typeNameKey: string;
  readonly variables: Variables;
  readonly substituteOf: (field: SelectedField) => Substitute | null;
  readonly data: JsonObject | null;
}): FilledIn {
  const { schema, typeNameKey, variables, substituteOf } = by;
  const denied: { readonly field: SelectedField; readonly path: ErrorPath }[] = [];

  function applies(selected: Extract<Selected, { kind: 'fragment' }>, typeName: unknown): boolean {
    if (typeof typeName !== 'string') return true;
    const type = schema.getType(typeName);
    if (type === selected.type) return true;
    return isAbstractType(selected.type) && isObjectType(type) && schema.isSubType(selected.type, type);
  }

  /** The fields of one object by the name they have in the answer, those of one name together. */
  function collect(
    level: readonly Selected[],
    typeName: unknown,
    found = new Map<string, SelectedField[]>(),
  ): ReadonlyMap<string, SelectedField[]> {
    for (const selected of level) {
      if (!isIncluded(selected, variables)) continue;
      if (selected.kind === 'field') found.set(selected.key, [...(found.get(selected.key) ?? []), selected]);
      else if (applies(selected, typeName)) collect(selected.selections, typeName, found);
    }
    return found;
  }

  function completeValue(
    value: unknown,
    type: GraphQLOutputType,
    selections: readonly Selected[],
    path: ErrorPath,
  ): unknown {
    const nullable = getNullableType(type);
    if (Array.isArray(value) && isListType(nullable)) {
      const itemType: GraphQLOutputType = nullable.ofType;
      const items = value.map((item, at) => completeValue(item, itemType, selections, [...path, at]));
      if (items.includes(nothing)) return isNonNullType(type) ? nothing : null;
      return items;
    }
    if (!isJsonObject(value) || selections.length === 0) return value;
    const completed = completeObject(value, selections, path);
    if (completed !== null) return completed;
    return isNonNullType(type) ? nothing : null;
  }

  function completeField(fields: readonly SelectedField[], data: JsonObject, path: ErrorPath): unknown {
    const [field] = fields;
    if (field === undefined) return undefined;
    const left = fields.find((each) => substituteOf(each) !== null);
    const substitute = left && substituteOf(left);
    if (substitute?.kind === 'value') return substitute.value;
    if (left !== undefined) {
      denied.push({ field: left, path });
      return field.definition !== null && isNonNullType(field.definition.type) ? nothing : null;
    }
    const value = data[field.key];
    if (value === undefined || field.definition === null) return value;
    return completeValue(
      value,
      field.definition.type,
      fields.flatMap(({ selections }) => selections),
      path,
    );
  }

  function completeObject(data: JsonObject, selections: readonly Selected[], path: ErrorPath): JsonObject | null {
    const completed: [string, unknown][] = [];
    for (const [key, fields] of collect(selections, data[typeNameKey])) {
      const value = completeField(fields, data, [...path, key]);
      if (value === nothing) return null;
      if (value !== undefined) completed.push([key, value]);
    }
    // a client may call a field `__proto__`, which cannot be assigned
    return Object.fromEntries(completed);
  }

  const data = by.data === null ? null : completeObject(by.data, by.selections, []);
  return { data, denied };
}

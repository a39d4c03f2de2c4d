import {
  isAbstractType,
  isCompositeType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

import type { ErrorPath } from '../answer/error-path.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { isIncluded, type Selected, type SelectedField, type Variables } from '../operation/expand-operation.ts';

/** Why a value cannot be shown: the place of what does not fit its type, and whether an error tells of it. */
interface Fault {
  readonly path: ErrorPath;
  readonly isTold: boolean;
}

const integerPattern = /^-?\d+$/;

/** Whether a value is one that @apollo/gateway lets pass. */
function fits(value: unknown, type: GraphQLLeafType): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  if (!isSpecifiedScalarType(type)) return true;
  const { name } = type;
  if (typeof value === 'boolean') return name === 'Boolean';
  if (typeof value === 'string') return name === 'String' || name === 'ID';
  if (typeof value !== 'number') return false;
  return name === 'Float' || ((name === 'Int' || name === 'ID') && integerPattern.test(String(value)));
}

/** What is told of explains the rest of the same value, which is then not there anyway. */
const weightier = (one: Fault | null, other: Fault | null): Fault | null =>
  one === null || (!one.isTold && other?.isTold === true) ? other : one;

/** A field as objects of one type have it. */
interface AnsweredField {
  readonly key: string;
  readonly type: GraphQLOutputType;
  readonly selections: readonly Selected[];
}

/** Tells which fields objects have that are selected so, and of such a type; each once, whatever fragments they stand in. */
function createFieldReader(schema: GraphQLSchema, variables: Variables) {
  const known = new WeakMap<readonly Selected[], Map<GraphQLCompositeType, readonly AnsweredField[]>>();

  function isOf(type: GraphQLCompositeType, condition: GraphQLCompositeType): boolean {
    if (type === condition) return true;
    return isAbstractType(condition) && !isUnionType(type) && schema.isSubType(condition, type);
  }

  const within = (level: readonly Selected[], type: GraphQLCompositeType): readonly SelectedField[] =>
    level.flatMap((selected) => {
      if (!isIncluded(selected, variables)) return [];
      if (selected.kind === 'field') return [selected];
      return isOf(type, selected.type) ? within(selected.selections, type) : [];
    });

  function read(level: readonly Selected[], type: GraphQLCompositeType): readonly AnsweredField[] {
    const fields = new Map<string, AnsweredField>();
    for (const { key, definition, selections } of within(level, type)) {
      const earlier = fields.get(key)?.selections ?? [];
      if (definition !== null) fields.set(key, { key, type: definition.type, selections: [...earlier, ...selections] });
    }
    return [...fields.values()];
  }

  return (level: readonly Selected[], type: GraphQLCompositeType): readonly AnsweredField[] => {
    const ofLevel = known.get(level) ?? new Map<GraphQLCompositeType, readonly AnsweredField[]>();
    known.set(level, ofLevel);
    const fields = ofLevel.get(type) ?? read(level, type);
    ofLevel.set(type, fields);
    return fields;
  };
}

/**
 * Finds where an answer became null because what subgraphs brought does not fit the schema and no error tells of it, by the
 * rules by which @apollo/gateway makes the answer. What is within a null is not looked for.
 */
export function findIncomplete(by: {
  readonly schema: GraphQLSchema;
  readonly root: GraphQLCompositeType;
  readonly selections: readonly Selected[];
  readonly variables: Variables;
  readonly brought: JsonObject;
  readonly isTold: (path: ErrorPath) => boolean;
}): readonly ErrorPath[] {
  const { schema } = by;
  const fieldsOf = createFieldReader(schema, by.variables);
  const found: ErrorPath[] = [];
  /** Where the search is. */
  const place: (string | number)[] = [];

  const faultHere = (): Fault => ({ path: [...place], isTold: by.isTold(place) });

  function faultOfObject(
    object: JsonObject,
    type: GraphQLCompositeType,
    selections: readonly Selected[],
  ): Fault | null {
    const foundBefore = found.length;
    let fault: Fault | null = null;
    for (const field of fieldsOf(selections, type)) {
      const value = Object.hasOwn(object, field.key) ? object[field.key] : null;
      fault = weightier(fault, handedOn(field.key, value, field.type, field.selections));
    }
    // what was found in it is not there either
    if (fault !== null) found.length = foundBefore;
    return fault;
  }

  function faultOfList(
    items: readonly unknown[],
    type: GraphQLOutputType,
    selections: readonly Selected[],
  ): Fault | null {
    const foundBefore = found.length;
    let fault: Fault | null = null;
    for (const [at, item] of items.entries()) fault = weightier(fault, handedOn(at, item, type, selections));
    if (fault !== null) found.length = foundBefore;
    return fault;
  }

  /** Why a value cannot be shown; null if it can, or is null and may be. */
  function faultOf(value: unknown, type: GraphQLOutputType, selections: readonly Selected[]): Fault | null {
    const isNull = value === null || value === undefined;
    if (isNonNullType(type)) return isNull ? faultHere() : faultOf(value, type.ofType, selections);
    if (isNull) return null;
    if (isLeafType(type)) return fits(value, type) ? null : faultHere();
    if (isListType(type)) return Array.isArray(value) ? faultOfList(value, type.ofType, selections) : null;
    if (Array.isArray(value)) return faultOfObject({}, type, selections);
    if (!isJsonObject(value)) return null;
    const { __typename: typeName } = value;
    if (typeof typeName !== 'string') return faultOfObject(value, type, selections);
    const told = schema.getType(typeName);
    return isCompositeType(told) ? faultOfObject(value, told, selections) : faultHere();
  }

  /** What a part that cannot be shown does to the whole: nothing, if the part may be null. */
  function handedOn(
    step: string | number,
    value: unknown,
    type: GraphQLOutputType,
    selections: readonly Selected[],
  ): Fault | null {
    place.push(step);
    const fault = faultOf(value, type, selections);
    place.pop();
    if (fault === null || isNonNullType(type)) return fault;
    if (!fault.isTold) found.push(fault.path);
    return null;
  }

  const fault = faultOfObject(by.brought, by.root, by.selections);
  return fault === null || fault.isTold ? found : [fault.path];
}

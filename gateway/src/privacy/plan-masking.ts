import type { SensitiveKind } from '@supergraph/platform/privacy';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { fragmentsOf } from '../operation/fragments.ts';
import type { Masks } from './compile-masks.ts';

/** What is masked of a value, or of each in a list: itself, by its kind, or something within it. */
export type MaskPlan = SensitiveKind | ObjectPlan;

/** What is masked of an object: by the types it may be of, and the names its fields have in the answer. */
export interface ObjectPlan {
  /** Fields of the answer that tell the type, whichever it is. */
  readonly typeNameFields: readonly string[];
  /** Only the types of which something is masked. */
  readonly byType: ReadonlyMap<string, ReadonlyMap<string, MaskPlan>>;
  /** The types it may be of. */
  readonly possibleTypes: ReadonlySet<string>;
}

/** Finds what of an operation's answer is masked; null when it asks for nothing sensitive. */
export function planMasking(asked: {
  readonly schema: GraphQLSchema;
  readonly masks: Masks;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}): ObjectPlan | null {
  const { schema, masks, document, operation } = asked;
  if (!namesAny(document, masks.fieldNames)) return null;
  const root = schema.getRootType(operation.operation);
  if (root === undefined || root === null) return null;
  return createPlanner(asked)([operation.selectionSet], root);
}

function namesAny(document: DocumentNode, names: ReadonlySet<string>): boolean {
  let isFound = false;
  visit(document, {
    Field: ({ name }) => {
      isFound ||= names.has(name.value);
    },
  });
  return isFound;
}

/** A field of the answer is what all selections of its name ask for, so they are planned together. */
type FieldsByName = Map<string, FieldNode[]>;

function createPlanner(asked: {
  readonly schema: GraphQLSchema;
  readonly masks: Masks;
  readonly document: DocumentNode;
}) {
  const { schema, masks } = asked;
  const fragments = fragmentsOf(asked.document);
  const known = new Map<string, ObjectPlan | null>();
  const numbers = new Map<SelectionSetNode, number>();
  const numberOf = (selections: SelectionSetNode): number => {
    const number = numbers.get(selections) ?? numbers.size;
    numbers.set(selections, number);
    return number;
  };

  function collect(selectionSet: SelectionSetNode, type: GraphQLObjectType, into: FieldsByName): FieldsByName {
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const earlier = into.get(name);
        if (earlier === undefined) into.set(name, [selection]);
        else earlier.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment !== undefined && applies(fragment.typeCondition?.name.value, type)) {
        collect(fragment.selectionSet, type, into);
      }
    }
    return into;
  }

  function applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const general = schema.getType(condition);
    return isAbstractType(general) && schema.isSubType(general, type);
  }

  function planField(fields: readonly FieldNode[], type: GraphQLObjectType): MaskPlan | null {
    const name = fields[0]?.name.value ?? '';
    const field = type.getFields()[name];
    if (field === undefined) return null;
    const kind = masks.kinds.get(`${type.name}.${name}`);
    if (kind !== undefined) return kind;
    const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
    return below.length === 0 ? null : planObject(below, field.type);
  }

  function planObject(selectionSets: readonly SelectionSetNode[], outputType: GraphQLOutputType): ObjectPlan | null {
    const key = [getNamedType(outputType).name, ...selectionSets.map(numberOf)].join(' ');
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const types = objectTypesOf(outputType);
    const collected = types.map((type) => ({ type, fields: collectAll(selectionSets, type) }));
    const byType = new Map<string, ReadonlyMap<string, MaskPlan>>();
    for (const { type, fields } of collected) {
      const plans = new Map<string, MaskPlan>();
      for (const [name, nodes] of fields) {
        const plan = planField(nodes, type);
        if (plan !== null) plans.set(name, plan);
      }
      if (plans.size > 0) byType.set(type.name, plans);
    }
    const plan = byType.size === 0 ? null : { byType, ...typesToldBy(collected) };
    known.set(key, plan);
    return plan;
  }

  const collectAll = (selectionSets: readonly SelectionSetNode[], type: GraphQLObjectType): FieldsByName =>
    selectionSets.reduce<FieldsByName>((fields, selectionSet) => collect(selectionSet, type, fields), new Map());

  function objectTypesOf(outputType: GraphQLOutputType): readonly GraphQLObjectType[] {
    const type = getNamedType(outputType);
    if (!isCompositeType(type)) return [];
    return isObjectType(type) ? [type] : schema.getPossibleTypes(type);
  }

  return planObject;
}

/** A name tells the type if `__typename` is what it stands for in every type that the object may be of. */
function typesToldBy(
  collected: readonly { readonly type: GraphQLObjectType; readonly fields: FieldsByName }[],
): Pick<ObjectPlan, 'typeNameFields' | 'possibleTypes'> {
  const [first, ...others] = collected.map(({ fields }) =>
    [...fields].filter(([, nodes]) => nodes[0]?.name.value === '__typename').map(([name]) => name),
  );
  return {
    typeNameFields: (first ?? []).filter((name) => others.every((names) => names.includes(name))),
    possibleTypes: new Set(collected.map(({ type }) => type.name)),
  };
}

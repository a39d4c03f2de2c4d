import {
  getNullableType,
  GraphQLID,
  isCompositeType,
  isInputObjectType,
  isListType,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';

import type { AuditedFields } from './audited-fields.ts';

/** An argument that may name somebody's things. */
export interface IdArgument {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly value: ValueNode;
}

type Variables = Readonly<Record<string, unknown>>;

/** What an operation runs with: the variables that were given, and the defaults of the others. */
export const variablesOf = ({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables): Variables => ({
  ...Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  ),
  ...given,
});

/** The arguments given to a field. */
export const idArgumentsOf = (field: GraphQLField<unknown, unknown>, node: FieldNode): readonly IdArgument[] =>
  (node.arguments ?? []).flatMap(({ name, value }) => {
    const type = field.args.find((argument) => argument.name === name.value)?.type;
    return type === undefined ? [] : [{ name: name.value, type, value }];
  });

/** Finds the ids in arguments. */
export type IdReader = (given: readonly IdArgument[], variables: Variables) => readonly string[];

/** Makes the look for ids: values of type ID, but not `thingId` where Thing is a type that is nobody's. */
export function createIdReader(by: { readonly schema: GraphQLSchema; readonly fields: AuditedFields }): IdReader {
  function isNobodys(name: string): boolean {
    if (!name.endsWith('Id')) return false;
    const stem = name.slice(0, -'Id'.length);
    const type = by.schema.getType(stem.charAt(0).toUpperCase() + stem.slice(1));
    return isCompositeType(type) && !by.fields.isSubject(type);
  }

  function inValue(name: string, type: GraphQLInputType, value: unknown): readonly string[] {
    const plain = getNullableType(type);
    if (isListType(plain)) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.flatMap((item) => inValue(name, plain.ofType, item));
    }
    if (isInputObjectType(plain)) {
      if (typeof value !== 'object' || value === null) return [];
      const fields = plain.getFields();
      return Object.entries(value).flatMap(([key, inner]) => {
        const field = fields[key];
        return field === undefined ? [] : inValue(key, field.type, inner);
      });
    }
    if (plain.name !== GraphQLID.name) return [];
    const isId = typeof value === 'string' || typeof value === 'number';
    return isId && !isNobodys(name) ? [String(value)] : [];
  }

  return (given, variables) =>
    given.flatMap(({ name, type, value }) => inValue(name, type, valueFromASTUntyped(value, variables)));
}

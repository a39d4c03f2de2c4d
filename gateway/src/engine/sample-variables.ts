import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isInputType,
  isRequiredInputField,
  Kind,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type NamedTypeNode,
  type OperationDefinitionNode,
} from 'graphql';

/** A value that each scalar takes; text for any other. */
const sampleOfScalar: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  Date: '2026-01-01',
  DateTime: '2026-01-01T00:00:00.000Z',
  YearMonth: '2026-01',
  Decimal: '1',
  PhoneNumber: '010-0000-0000',
  CurrencyCode: 'KRW',
};

function sampleOf(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((field) => [field.name, sampleOf(field.type)]));
  }
  return sampleOfScalar[nullable.name] ?? 'sample';
}

/** Values for the variables that an operation cannot do without, good enough to plan it; they mean nothing. */
export function sampleVariables(schema: GraphQLSchema, operation: OperationDefinitionNode): Record<string, unknown> {
  const samples = (operation.variableDefinitions ?? []).flatMap((definition): [string, unknown][] => {
    if (definition.type.kind !== Kind.NON_NULL_TYPE || definition.defaultValue !== undefined) return [];
    const type = typeFromAST(schema, definition.type.type as NamedTypeNode);
    return isInputType(type) ? [[definition.variable.name.value, sampleOf(type)]] : [];
  });
  return Object.fromEntries<unknown>(samples);
}

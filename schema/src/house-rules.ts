import {
  Kind,
  print,
  visit,
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type TypeNode,
} from 'graphql';

/** A place in a subgraph's SDL that breaks a rule of the house. */
export type Violation = string;

const rootTypes = new Set(['Query', 'Mutation']);
/** Whoever is not signed in yet may only sign in. */
const openToAnybody = new Set(['Mutation.login', 'Mutation.refreshSession']);
/** Shapes that @apollo/gateway 2.14 refuses, ignores or gets wrong. */
const unsupportedDirectives = new Set(['context', 'fromContext', 'interfaceObject', 'requires', 'defer']);
/** Named by the contract for freshness; every other boolean reads as a claim. */
const booleansWithOtherNames = new Set(['Freshness.stale']);

const hangul = /[가-힣]/;
const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));
const hasDirective = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }, ...names: string[]) =>
  (node.directives ?? []).some((directive) => names.includes(directive.name.value));

function membersOf(document: DocumentNode) {
  return document.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION ||
    type.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
      ? (type.fields ?? []).map((field) => ({ type, field, place: `${type.name.value}.${field.name.value}` }))
      : [],
  );
}

const fieldsOf = (document: DocumentNode) =>
  membersOf(document).flatMap(({ type, field, place }) =>
    field.kind === Kind.FIELD_DEFINITION ? [{ typeName: type.name.value, field, place }] : [],
  );

/** Types, fields, arguments and enum values say what they are; types also give the Korean term. */
export function undescribed(document: DocumentNode): Violation[] {
  const found: Violation[] = [];
  const check = (node: ASTNode & { readonly description?: { readonly value: string } | undefined }, name: string) => {
    if (rootTypes.has(name)) return;
    if (node.description === undefined) found.push(`${name} has no description`);
    else if (node.kind.endsWith('TypeDefinition') && !hangul.test(node.description.value)) {
      found.push(`${name} does not give its Korean term`);
    }
  };
  visit(document, {
    enter: (node) => {
      if ('description' in node && 'name' in node) check(node, node.name.value);
    },
  });
  return found;
}

/** camelCase members, PascalCase types, SCREAMING_CASE enum values, no verbs in queries, booleans that read as claims. */
export function misnamed(document: DocumentNode): Violation[] {
  const found: Violation[] = [];
  visit(document, {
    EnumValueDefinition: (node) => {
      if (!/^[A-Z][A-Z0-9_]*$/.test(node.name.value)) found.push(`${node.name.value} is not SCREAMING_CASE`);
    },
    ObjectTypeDefinition: (node) => {
      if (!/^[A-Z][A-Za-z0-9]*$/.test(node.name.value)) found.push(`${node.name.value} is not PascalCase`);
    },
  });
  for (const { field, place, typeName } of fieldsOf(document)) {
    const name = field.name.value;
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) found.push(`${place} is not camelCase`);
    if (typeName === 'Query' && /^(get|list|fetch|find)[A-Z]/.test(name)) found.push(`${place} starts with a verb`);
    const isUnclaimedBoolean = named(field.type) === 'Boolean' && !/^(is|has|can)[A-Z]/.test(name);
    if (isUnclaimedBoolean && !booleansWithOtherNames.has(place)) found.push(`${place} does not read as a claim`);
  }
  return found;
}

/** Money is exact: no Float anywhere. */
export const inexact = (document: DocumentNode): Violation[] =>
  membersOf(document)
    .filter(({ field }) => named(field.type) === 'Float')
    .map(({ place }) => `${place} is a Float`);

/** A mutation takes one `input` of its own and answers with a union of its own. */
export function misshapenMutations(document: DocumentNode): Violation[] {
  const unions = new Set(
    document.definitions.flatMap((node) => (node.kind === Kind.UNION_TYPE_DEFINITION ? node.name.value : [])),
  );
  return fieldsOf(document)
    .filter(({ typeName }) => typeName === 'Mutation')
    .flatMap(({ field, place }) => {
      const stem = field.name.value.charAt(0).toUpperCase() + field.name.value.slice(1);
      const [input, ...others] = field.arguments ?? [];
      const hasOwnInput = input?.name.value === 'input' && named(input.type) === `${stem}Input` && others.length === 0;
      const hasOwnUnion = named(field.type) === `${stem}Result` && unions.has(`${stem}Result`);
      return [
        ...(hasOwnInput ? [] : [`${place} does not take exactly one input: ${stem}Input!`]),
        ...(hasOwnUnion ? [] : [`${place} does not answer with a union ${stem}Result`]),
      ];
    });
}

const isConnection = (field: FieldDefinitionNode) => named(field.type).endsWith('Connection');

/** A list that may grow is a connection, asked for by `first` (with a default) and `after`. */
export const misshapenConnections = (document: DocumentNode): Violation[] =>
  fieldsOf(document)
    .filter(({ field }) => isConnection(field))
    .filter(({ field }) => {
      const argument = (name: string) => field.arguments?.find((each) => each.name.value === name);
      return argument('first')?.defaultValue === undefined || argument('after') === undefined;
    })
    .map(({ place }) => `${place} lacks first with a default, or after`);

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE ? isList(type.type) : type.kind === Kind.LIST_TYPE;

/** What `@listSize` says about a field, in its own notation; an empty text without one. */
const listSizeOf = (field: FieldDefinitionNode): string =>
  (field.directives ?? [])
    .filter((directive) => directive.name.value === 'listSize')
    .map((directive) => (directive.arguments ?? []).map((argument) => print(argument)).join(', '))
    .join('');

/** A list says how long it may be, so that its cost is known before it is asked for; a connection, by its `first`. */
export const unsizedLists = (document: DocumentNode): Violation[] =>
  fieldsOf(document).flatMap(({ typeName, field, place }) => {
    const size = listSizeOf(field);
    if (isConnection(field)) {
      const isSized = size === 'slicingArguments: ["first"], sizedFields: ["edges"]';
      return isSized ? [] : [`${place} lacks @listSize(slicingArguments: ["first"], sizedFields: ["edges"])`];
    }
    const isSizedByConnection = typeName.endsWith('Connection') && field.name.value === 'edges';
    if (!isList(field.type) || isSizedByConnection || size.startsWith('assumedSize: ')) return [];
    return [`${place} lacks @listSize(assumedSize:)`];
  });

/** Every root field says who may use it; only signing in is open to anybody. */
export const unguarded = (document: DocumentNode): Violation[] =>
  fieldsOf(document)
    .filter(({ typeName, place }) => rootTypes.has(typeName) && !openToAnybody.has(place))
    .filter(({ field }) => !hasDirective(field, 'authenticated', 'requiresScopes'))
    .map(({ place }) => `${place} does not say who may use it`);

/** Who changed what is on record: every mutation says as what. */
export const unaudited = (document: DocumentNode): Violation[] =>
  fieldsOf(document)
    .filter(({ typeName, field }) => typeName === 'Mutation' && !hasDirective(field, 'audited'))
    .map(({ place }) => `${place} leaves no record: it lacks @audited(as:)`);

/** An entity is reached from other subgraphs, so its type is guarded as well. */
export const unguardedEntities = (document: DocumentNode): Violation[] =>
  document.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION && hasDirective(type, 'key') && !hasDirective(type, 'authenticated')
      ? [`${type.name.value} is an entity without @authenticated`]
      : [],
  );

/** Root fields are nullable, so that one broken subgraph cannot empty the whole answer; mutations answer alone. */
export const brittleRoots = (document: DocumentNode): Violation[] =>
  fieldsOf(document)
    .filter(
      ({ typeName, field }) => typeName === 'Query' && field.type.kind === Kind.NON_NULL_TYPE && !isOwnData(field),
    )
    .map(({ place }) => `${place} is not nullable`);

const isOwnData = (field: FieldDefinitionNode) => named(field.type) === 'Permission';

/** Custom scalars point to the specification that their values follow; where nobody wrote one, they show a value. */
export const unspecifiedScalars = (document: DocumentNode): Violation[] =>
  document.definitions.flatMap((node) => {
    if (node.kind !== Kind.SCALAR_TYPE_DEFINITION || hasDirective(node, 'specifiedBy')) return [];
    const showsValue = node.description?.value.includes('e.g. ') ?? false;
    return showsValue ? [] : [`${node.name.value} lacks @specifiedBy, and an example`];
  });

/** A deprecation says what to use instead and from which day the old way is gone. */
export function vagueDeprecations(document: DocumentNode): Violation[] {
  const found: Violation[] = [];
  visit(document, {
    Directive: (node) => {
      if (node.name.value !== 'deprecated') return;
      const reason = node.arguments?.find((argument) => argument.name.value === 'reason')?.value;
      const text = reason?.kind === Kind.STRING ? reason.value : '';
      if (!/removed after \d{4}-\d{2}-\d{2}/.test(text)) found.push(`a deprecation does not say when: "${text}"`);
    },
  });
  return found;
}

/** Nothing the gateway's engine does not carry. */
export function unsupported(document: DocumentNode): Violation[] {
  const found: Violation[] = [];
  visit(document, {
    Directive: (node) => {
      if (unsupportedDirectives.has(node.name.value)) found.push(`@${node.name.value} is not supported`);
    },
  });
  return found;
}

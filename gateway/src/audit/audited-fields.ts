import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type ConstDirectiveNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** What of a schema is audited, as it declares by @audited. */
export interface AuditedFields {
  /** The acts that a field amounts to; several where it belongs to an interface. */
  actsOf(type: GraphQLCompositeType, field: string): readonly string[];
  /** Whether the ids of a type say whose data it is: it has audited fields, or is what one of them answers. */
  isSubject(type: GraphQLCompositeType): boolean;
}

const directiveName = 'audited';

function actIn(directives: readonly ConstDirectiveNode[]): string | null {
  const value = directives
    .find(({ name }) => name.value === directiveName)
    ?.arguments?.find(({ name }) => name.value === 'as')?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

/** Reads @audited out of a loaded supergraph; `directives` are keyed `Type.field`. */
export function compileAudit(
  directives: ReadonlyMap<string, readonly ConstDirectiveNode[]>,
  schema: GraphQLSchema,
): AuditedFields {
  const acts = new Map<string, string>();
  const subjects = new Set<string>();
  const objectsOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);

  function addSubjects(types: readonly GraphQLObjectType[]): void {
    for (const type of types) {
      if (!roots.has(type) && type.getFields()['id'] !== undefined) subjects.add(type.name);
    }
  }

  for (const [place, found] of directives) {
    const act = actIn(found);
    const [typeName = '', fieldName = ''] = place.split('.');
    const type = schema.getType(typeName);
    if (act === null || !(isObjectType(type) || isInterfaceType(type))) continue;
    const field = type.getFields()[fieldName];
    if (field === undefined) continue;
    acts.set(place, act);
    const answered = getNamedType(field.type);
    addSubjects(objectsOf(type));
    if (isObjectType(answered) || isAbstractType(answered)) addSubjects(objectsOf(answered));
  }

  return {
    actsOf(type, field) {
      const names = isAbstractType(type) ? [type.name, ...objectsOf(type).map(({ name }) => name)] : [type.name];
      return names.flatMap((name) => acts.get(`${name}.${field}`) ?? []);
    },
    isSubject: (type) => objectsOf(type).some(({ name }) => subjects.has(name)),
  };
}

import { describe, expect, it } from '@jest/globals';
import { maskValue } from '@supergraph/platform/privacy';
import { directivesIn } from '@supergraph/schema/directive-map';
import fc from 'fast-check';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  executeSync,
  validate,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import { createAnswerMasking } from './mask-answer.ts';

const sdl = /* GraphQL */ `
  directive @sensitive(kind: Kind!) on FIELD_DEFINITION
  enum Kind {
    NAME
    PHONE
    SECRET
    NONSENSE
  }
  interface Named {
    name: String
    self: Named
  }
  interface Contact {
    reach: [String!]! @sensitive(kind: NAME)
  }
  type Person implements Named & Contact {
    name: String @sensitive(kind: NAME)
    reach: [String!]!
    phone: String! @sensitive(kind: PHONE)
    token: String @sensitive(kind: SECRET)
    label: String
    self: Person
    friends: [Person!]!
    owns: [[Thing]]
  }
  type Product implements Named {
    name: String
    label: String @sensitive(kind: NAME)
    self: Named
    maker: Party
  }
  type Company implements Named {
    name: String
    label: String
    self: Company
    boss: Person
  }
  union Party = Person | Company
  union Thing = Product | Person | Company
  type Query {
    person: Person
    product: Product
    named: Named
    all: [Named]
    contact: Contact
    party: Party
    things: [Thing!]
  }
`;
const schema = buildSchema(sdl);
const maskAnswer = createAnswerMasking({ schema, directives: directivesIn(parse(sdl)) });

function mask(query: string, data: Record<string, unknown>): unknown {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const [operation] = operationsOf(document);
  if (operation === undefined) throw new Error('no operation');
  return maskAnswer({ document, operation, data });
}
const operationsOf = (document: DocumentNode) =>
  document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

describe('an answer to somebody who may not see personal data', () => {
  it('has sensitive fields masked by their kind, and nothing else', () => {
    expect(
      mask('{ person { name phone label } }', { person: { name: '홍길동', phone: '01012345678', label: '홍길동' } }),
    ).toEqual({ person: { name: '홍*동', phone: '010-****-5678', label: '홍길동' } });
  });

  it('is masked under whatever name, through fragments and lists, in every selection of a field', () => {
    const query = /* GraphQL */ `
      query ($with: Boolean!) {
        label: person {
          label: name
          ...Friends @include(if: $with)
        }
        label: person {
          friends {
            tel: phone
          }
        }
      }
      fragment Friends on Person {
        friends {
          ... on Named {
            __proto__: name
          }
        }
      }
    `;
    const friend = JSON.parse('{"__proto__":"홍길동","tel":"010-1234-5678"}') as unknown;
    expect(JSON.stringify(mask(query, { label: { label: '홍길', friends: [friend, null] } }))).toBe(
      '{"label":{"label":"홍*","friends":[{"__proto__":"홍*동","tel":"010-****-5678"},null]}}',
    );
  });

  it('leaves null null, and masks every text of a list', () => {
    const data = { person: { name: null, reach: ['홍길동', '김'] }, product: null };
    expect(mask('{ person { name reach } product { label } }', data)).toEqual({
      person: { name: null, reach: ['홍*동', '*'] },
      product: null,
    });
  });

  it('follows the type where it is told, under whatever name', () => {
    const all = [
      { kind: 'Person', name: '홍길동' },
      { kind: 'Product', name: '홍길동' },
    ];
    expect(mask('{ all { kind: __typename name } }', { all })).toEqual({
      all: [all[0], all[1]].map((each, place) => ({ ...each, name: place === 0 ? '홍*동' : '홍길동' })),
    });
  });

  it('is masked as if of every possible type where the type is not told', () => {
    expect(mask('{ all { name } }', { all: [{ name: '홍길동' }] })).toEqual({ all: [{ name: '홍*동' }] });
  });

  it('does not believe a type that a field of another meaning tells', () => {
    const query = '{ things { ... on Company { t: __typename } ... on Person { t: label name } } }';
    const person = { t: 'Company', name: '홍길동' };
    expect(mask(query, { things: [person] })).toEqual({ things: [{ t: 'Company', name: '홍*동' }] });
  });

  it('is as sensitive as an interface says', () => {
    expect(mask('{ contact { reach } }', { contact: { reach: ['홍길동'] } })).toEqual({
      contact: { reach: ['홍*동'] },
    });
  });

  it('shows a secret to whom it is issued', () => {
    expect(mask('{ person { token } }', { person: { token: 'x' } })).toEqual({ person: { token: 'x' } });
  });

  it('is given back as it is when nothing sensitive was asked for', () => {
    const data = { person: { label: '홍길동' } };
    expect(mask('{ person { label } }', data)).toBe(data);
  });

  it.each([
    ['type Query { a: String @sensitive(kind: NONSENSE) }', 'Query.a'],
    ['type Query { a: A @sensitive(kind: NAME) } type A { b: String }', 'Query.a'],
  ])('cannot be made from %s', (text, place) => {
    expect(() =>
      createAnswerMasking({ schema: buildSchema(text, { assumeValid: true }), directives: directivesIn(parse(text)) }),
    ).toThrow(place);
  });
});

/** Texts by where they come from; sensitive ones masked if wanted, as an oracle. */
function answer(document: DocumentNode, isMasked: boolean): Record<string, unknown> {
  const directives = directivesIn(parse(sdl));
  const textOf = ({ parentType, fieldName }: GraphQLResolveInfo): unknown => {
    const places = [parentType, ...parentType.getInterfaces()].map((type) => `${type.name}.${fieldName}`);
    const kind = places.map((place) => kindOf(directives.get(place))).find((each) => each !== undefined);
    const text = kind === 'PHONE' ? '010-1234-5678' : `${parentType.name}of${fieldName}`;
    return isMasked && (kind === 'PHONE' || kind === 'NAME') ? maskValue(kind, text) : text;
  };
  const result = executeSync({
    schema,
    document,
    fieldResolver: (_source, _args, _context: unknown, info) => valueOf(info.returnType, () => textOf(info)),
    typeResolver: (_value, _context, { path, schema: all }, type) => {
      const types = all.getPossibleTypes(type);
      return types[JSON.stringify(path).length % types.length]?.name;
    },
  });
  if (result.errors !== undefined) throw new Error(JSON.stringify(result.errors));
  return { ...result.data };
}
const kindOf = (directives: readonly ConstDirectiveNode[] | undefined): string | undefined => {
  const value = directives?.find(({ name }) => name.value === 'sensitive')?.arguments?.[0]?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
};
function valueOf(type: GraphQLOutputType, text: () => unknown): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, text);
  if (isListType(type)) return [valueOf(type.ofType, text), valueOf(type.ofType, text)];
  return isCompositeType(getNamedType(type)) ? {} : text();
}

/** A selection of any shape that the schema allows. */
function drawSelection(draw: fc.GeneratorValue, type: GraphQLNamedType, depth: number, tellsType: boolean): string {
  const isAny = isAbstractType(type);
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
  const parts = tellsType && isAny ? ['__typename'] : [];
  const count = draw(fc.integer, { min: 1, max: 4 });
  for (let nth = 0; nth < count; nth += 1) {
    const isFragment = depth > 0 && (usable.length === 0 || draw(fc.nat, 3) === 0);
    const field = usable.length === 0 ? undefined : usable[draw(fc.nat, usable.length - 1)];
    if (isFragment) {
      const candidates = related(type);
      const condition = candidates[draw(fc.nat, candidates.length - 1)] ?? type;
      parts.push(`... on ${condition.name} { ${drawSelection(draw, condition, depth - 1, tellsType)} }`);
    } else if (field !== undefined) {
      const alias = draw(fc.nat, 3) === 0 ? `${['a', 'b', 'name'][draw(fc.nat, 2)] ?? 'a'}: ` : '';
      const below = getNamedType(field.type);
      const rest = isCompositeType(below) ? ` { ${drawSelection(draw, below, depth - 1, tellsType)} }` : '';
      parts.push(`${alias}${field.name}${rest}`);
    }
  }
  return parts.length === 0 ? '__typename' : parts.join(' ');
}
const related = (type: GraphQLNamedType): GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter(
    (other) =>
      !other.name.startsWith('__') &&
      isCompositeType(other) &&
      !isEnumType(other) &&
      isCompositeType(type) &&
      typesOf(schema, other).some((name) => typesOf(schema, type).includes(name)),
  );
const typesOf = (all: GraphQLSchema, type: GraphQLNamedType): readonly string[] =>
  isUnionType(type) || isInterfaceType(type) ? all.getPossibleTypes(type).map(({ name }) => name) : [type.name];

/** Every text of an answer with its path. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, `${path}.${name}`));
}

describe.each([
  ['told', true],
  ['not told', false],
])('whatever is asked, with types %s', (_how, tellsType) => {
  it('no sensitive text is shown, and no other is changed without need', () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const query = schema.getQueryType();
        if (query === null || query === undefined) throw new Error('no Query');
        const document = parse(`{ ${drawSelection(draw, query, 4, tellsType)} }`);
        // those that contradict themselves are drawn anew and not counted
        fc.pre(validate(schema, document).length === 0);
        const data = answer(document, false);
        const untouched = JSON.stringify(data);
        const [operation] = operationsOf(document);
        if (operation === undefined) throw new Error('no operation');
        const masked = maskAnswer({ document, operation, data });
        const wanted = answer(document, true);
        expect(JSON.stringify(data)).toBe(untouched);
        if (tellsType) expect(masked).toEqual(wanted);
        const shown = new Map(textsOf(masked));
        for (const [path, text] of textsOf(data)) {
          const oracle = new Map(textsOf(wanted)).get(path);
          if (oracle !== text) expect(shown.get(path)).not.toBe(text);
          else expect([text, maskValue('NAME', text), maskValue('PHONE', text)]).toContain(shown.get(path));
        }
      }),
      { numRuns: 150 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';
import fc from 'fast-check';
import { getIntrospectionQuery, Kind, parse, type SelectionNode, type SelectionSetNode } from 'graphql';

import { assertWithin, generalLimits, mostGenerous } from './operation-limits.ts';
import { factsOf } from './operation/facts.ts';
import { fragmentsOf, measureOnce, type Fragments } from './operation/fragments.ts';
import { chooseOperation, createDocumentReader } from './operation/read-document.ts';
import { createRootFieldCount } from './operation/root-fields.ts';
import { scanTokens } from './operation/scan-tokens.ts';
import { createShapeMeasure } from './operation/shape.ts';

/** Writes every fragment out where it is spread: what the measures claim without doing it. */
function writtenOut(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  const write = (selection: SelectionNode): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined) throw new Error('no such fragment');
      return { kind: Kind.INLINE_FRAGMENT, selectionSet: writtenOut(fragment.selectionSet, fragments) };
    }
    if (selection.selectionSet === undefined) return selection;
    return { ...selection, selectionSet: writtenOut(selection.selectionSet, fragments) };
  };
  return { ...set, selections: set.selections.map(write) };
}

const inside = (selection: SelectionNode): SelectionSetNode | undefined =>
  selection.kind === Kind.FRAGMENT_SPREAD ? undefined : selection.selectionSet;

/** Fields on the way down, counted on what is written out. */
function plainDepth(set: SelectionSetNode): number {
  const depths = set.selections.map((selection) => {
    const content = inside(selection);
    return (content ? plainDepth(content) : 0) + (selection.kind === Kind.FIELD ? 1 : 0);
  });
  return Math.max(0, ...depths);
}

const plainSize = (set: SelectionSetNode): number =>
  set.selections
    .map(inside)
    .map((content) => 1 + (content ? plainSize(content) : 0))
    .reduce((sum, size) => sum + size, 0);

const operationOf = (query: string) => {
  const document = parse(query);
  const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return { set: operation.selectionSet, fragments: fragmentsOf(document) };
};

const factsIn = (query: string) => factsOf(parse(query), scanTokens(query));

/** Documents whose fragments spread later ones only, so that there is no circle. */
const documents = fc
  .array(fc.array(fc.tuple(fc.nat(3), fc.nat(5), fc.boolean()), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((bodies) => {
    const selection = (at: number, [kind, to, isNested]: readonly [number, number, boolean]): string => {
      const later = at + 1 + to;
      if (kind === 0 && later < bodies.length) return isNested ? `x { ...f${later} }` : `...f${later}`;
      if (kind === 1) return '... { a b }';
      return isNested ? 'login { c { d } }' : 'e';
    };
    return bodies
      .map((body, at) => {
        const content = body.map((one) => selection(at, one)).join(' ');
        return at === 0 ? `{ ${content} }` : `fragment f${at} on T { ${content} }`;
      })
      .join('\n');
  });

/** Fragments that double at each step. */
const bomb = (steps: number) =>
  `{ ...f0 } ${Array.from({ length: steps }, (_, at) => {
    const inner = at + 1 === steps ? 'x' : `...f${at + 1} ...f${at + 1}`;
    return `fragment f${at} on T { ${inner} }`;
  }).join(' ')}`;

describe('The facts about a document', () => {
  it('are those of the operation with every fragment written out', () => {
    fc.assert(
      fc.property(documents, (query) => {
        const { set, fragments } = operationOf(query);
        const plain = writtenOut(set, fragments);
        const shape = createShapeMeasure(fragments)(set);
        expect([shape.expandedSelections, shape.depth]).toEqual([plainSize(plain), plainDepth(plain)]);
        expect(createRootFieldCount(fragments)(set)).toEqual(createRootFieldCount(new Map())(plain));
      }),
    );
  });

  it('are those of the largest part', () => {
    fc.assert(
      fc.property(documents, (query) => {
        const facts = factsIn(query);
        expect(facts.height).toBeLessThanOrEqual(facts.expandedSelections);
        expect(facts.depth).toBeLessThanOrEqual(facts.expandedSelections);
        expect(factsIn(`${query} query other { y }`).expandedSelections).toBe(facts.expandedSelections);
      }),
    );
  });

  it('take one look at each fragment, however often it is spread', () => {
    const looksAt = (query: string): number => {
      let looks = 0;
      const { set, fragments } = operationOf(query);
      const measure = measureOnce(fragments, null, (content, ofFragment) => {
        looks += 1;
        for (const selection of content.selections) {
          if (selection.kind === Kind.FRAGMENT_SPREAD) ofFragment(selection.name.value);
        }
        return null;
      });
      measure(set);
      return looks;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (steps) => {
        expect(looksAt(bomb(steps))).toBe(steps + 1);
      }),
    );
    expect(factsIn(bomb(60)).expandedSelections).toBeGreaterThan(2 ** 60);
  });

  it('are taken from the tokens as they are', () => {
    const query = 'query ($a: I = {b: {c: 1}}) { x: f(y: {z: "}"}) @skip(if: $a) { g } } # { a: b @c';
    expect(scanTokens(query)).toEqual({ bytes: 81, tokens: 42, nesting: 2, aliases: 1, directives: 1 });
    expect(scanTokens('{ x # 한\n }').bytes).toBe(12);
  });

  it('tell what is asked for once from what is repeated', () => {
    expect(factsIn('{ a b a { c c } x: a ...f ...f } fragment f on T { d }')).toMatchObject({
      height: 5,
      repeatedSelections: 3,
      rootFields: 6,
      sameMutation: 0,
    });
    expect(factsIn('mutation { a: login b: login ...f } fragment f on M { login logout }').sameMutation).toBe(3);
  });

  it('keep what is asked about the schema apart', () => {
    expect(factsIn('{ a { b } __schema { types { name } } }')).toMatchObject({ depth: 2, introspectionDepth: 3 });
    expect(factsIn('{ a { __typename } }').introspectionDepth).toBe(0);
    const aliased = 'a: fields { b: types { c: name } }';
    expect(factsIn(`{ x { ${aliased} } y: __type(name: "Y") { name } }`).introspectionAliases).toBe(0);
    expect(factsIn(`{ y: __schema { ...f } } fragment f on S { ${aliased} }`).introspectionAliases).toBe(3);
  });
});

describe('The limits', () => {
  it('bind where they are given, and whatever is known', () => {
    const facts = factsIn('{ a { b } }');
    expect(() => {
      assertWithin(facts, generalLimits);
      assertWithin(facts, {});
      assertWithin({}, { maxDepth: 0 });
    }).not.toThrow();
    expect(() => {
      assertWithin(facts, { maxDepth: 1 });
    }).toThrow(new CodedError('QUERY_TOO_DEEP'));
    expect(() => {
      assertWithin(facts, { maxHeight: 1 });
    }).toThrow(new CodedError('QUERY_TOO_COMPLEX'));
  });

  it('are for everybody as wide as for whoever has the widest', () => {
    const widest = mostGenerous([{ maxDepth: 6 }, { maxDepth: 12, maxAliases: 5 }, {}]);
    expect(widest).toEqual({ ...generalLimits, maxDepth: 12 });
  });

  it('leave the introspection query of tools room', () => {
    expect(() => {
      assertWithin(factsIn(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true })), generalLimits);
    }).not.toThrow();
  });

  it('are kept by every document that is read, and none of them stops the next', () => {
    const { read } = createDocumentReader(generalLimits);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), documents), (query) => {
        try {
          assertWithin(read(query).facts, generalLimits);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});

describe('An operation', () => {
  const { read } = createDocumentReader(generalLimits);
  const kindOf = (text: string, name: string | null) => chooseOperation(read(text), name).operation;

  it('is the one that is named, or the only one', () => {
    const both = 'query a { x } mutation b { y }';
    expect(kindOf(both, 'a')).toBe('query');
    expect(kindOf(both, 'b')).toBe('mutation');
    expect(kindOf('mutation { y }', null)).toBe('mutation');
    for (const name of [null, 'c']) {
      expect(() => kindOf(both, name)).toThrow(new CodedError('OPERATION_RESOLUTION_FAILURE'));
    }
  });

  it('is no subscription', () => {
    expect(() => kindOf('subscription { x }', null)).toThrow(new CodedError('OPERATION_NOT_SUPPORTED'));
  });

  it('may go ten levels deep into the data', () => {
    const deep = (levels: number): string => (levels === 1 ? 'x' : `x { ${deep(levels - 1)} }`);
    expect(kindOf(`{ ${deep(10)} }`, null)).toBe('query');
    expect(() => kindOf(`{ ${deep(11)} }`, null)).toThrow(new CodedError('QUERY_TOO_DEEP'));
  });
});

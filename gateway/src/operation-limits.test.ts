import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';
import fc from 'fast-check';
import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';

import { createOperationAdmission } from './operation/admit-operation.ts';
import { depthOf } from './operation/depth.ts';
import { expandedSize } from './operation/expanded-size.ts';
import { fragmentsOf, type Fragments } from './operation/fragments.ts';
import { rootFieldsOf } from './operation/root-fields.ts';
import { scanTokens } from './operation/scan-tokens.ts';

/** Writes every fragment out where it is spread: what the measures claim without doing it. */
function writtenOut(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  return {
    ...set,
    selections: set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined) throw new Error('no such fragment');
        return { kind: Kind.INLINE_FRAGMENT, selectionSet: writtenOut(fragment.selectionSet, fragments) };
      }
      if (selection.selectionSet === undefined) return selection;
      return { ...selection, selectionSet: writtenOut(selection.selectionSet, fragments) };
    }),
  };
}

const operationOf = (document: DocumentNode): SelectionSetNode => {
  const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  return operation.selectionSet;
};

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

describe('The measures of an operation', () => {
  it('are those of the operation with every fragment written out', () => {
    fc.assert(
      fc.property(documents, (query) => {
        const document = parse(query);
        const fragments = fragmentsOf(document);
        const set = operationOf(document);
        const plain = writtenOut(set, fragments);
        expect(expandedSize(set, fragments)).toBe(expandedSize(plain, new Map()));
        expect(depthOf(set, fragments)).toEqual(depthOf(plain, new Map()));
        expect(rootFieldsOf(set, fragments)).toEqual(rootFieldsOf(plain, new Map()));
      }),
    );
  });

  it('take a document’s tokens for what they are', () => {
    const query = 'query ($a: I = {b: {c: 1}}) { x: f(y: {z: "}"}) @skip(if: $a) { g } } # { a: b @c';
    expect(scanTokens(query)).toEqual({ tokens: 42, nesting: 2, aliases: 1, directives: 1 });
  });

  it('are taken of every document, and none of them stops the next', () => {
    const admit = createOperationAdmission({ allowsIntrospection: false });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), documents), (query) => {
        try {
          expect(admit(query, null)).toEqual({ isMutation: false });
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});

describe('An operation', () => {
  const admit = createOperationAdmission({ allowsIntrospection: true });

  it('is the one that is named, or the only one', () => {
    const both = 'query a { x } mutation b { y }';
    expect(admit(both, 'a')).toEqual({ isMutation: false });
    expect(admit(both, 'b')).toEqual({ isMutation: true });
    expect(admit('mutation { y }', null)).toEqual({ isMutation: true });
  });

  it('may go ten levels deep into the data', () => {
    const deep = (levels: number): string => (levels === 1 ? 'x' : `x { ${deep(levels - 1)} }`);
    expect(admit(`{ ${deep(10)} }`, null)).toEqual({ isMutation: false });
    expect(() => admit(`{ ${deep(11)} }`, null)).toThrow(new CodedError('QUERY_TOO_DEEP'));
  });
});

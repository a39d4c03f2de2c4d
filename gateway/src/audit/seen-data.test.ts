import { describe, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';

import { factsOf } from '../testing/an-audited-graph.ts';
import { readSeenData } from './seen-data.ts';

const seenIn = (text: string, data: FormattedExecutionResult['data']) => {
  const { ids, ...rest } = readSeenData(factsOf(text).facts.footprint, data);
  return { ids: [...ids], ...rest };
};

describe('What an answer showed', () => {
  it('is told by the ids of those whose it is, under any name, in lists and through fragments', () => {
    const text = '{ me { x: id lines { ...F } } } fragment F on Line { y: id id: number bill { id offering { id } } }';
    const line = (n: number) => ({
      y: `ln_${n}`,
      id: '010-1234-5678',
      bill: { id: `bill_${n}`, offering: { id: '5G' } },
    });
    expect(seenIn(text, { me: { x: 'usr_1', lines: [line(1), line(2)] } })).toEqual({
      ids: ['usr_1', 'ln_1', 'bill_1', 'ln_2', 'bill_2'],
      rows: 5,
      refusal: null,
    });
  });

  it('counts the rows of a page, and nothing for null', () => {
    const held = { edges: [{ node: { id: 'o1', line: null } }, { node: { id: 'o2', line: { id: 'ln_1' } } }] };
    expect(seenIn('{ held { edges { node { id line { id } } } } }', { held })).toMatchObject({
      ids: ['o1', 'o2', 'ln_1'],
      rows: 2,
    });
    expect(seenIn('{ held { nodes { id } } }', { held: { nodes: [] } })).toMatchObject({ rows: 0 });
    expect(seenIn('{ held { totalCount } }', { held: { totalCount: 7 } })).toMatchObject({ rows: 1 });
    expect(seenIn('{ me { id } }', { me: null })).toEqual({ ids: [], rows: 0, refusal: null });
    expect(seenIn('{ me { id } }', null)).toEqual({ ids: [], rows: 0, refusal: null });
  });

  it('is told by the token of whoever signed in', () => {
    const text = 'mutation { login { tokens { refreshToken t: accessToken } } }';
    const tokenOf = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    const seen = (token: unknown) => seenIn(text, { login: { tokens: { refreshToken: 'secret', t: token } } }).ids;
    expect(seen(tokenOf({ sub: 'usr_1', customer_id: 'cus_1', scope: '' }))).toEqual(['usr_1', 'cus_1']);
    expect(seen(tokenOf({ sub: 'usr_2', customer_id: null }))).toEqual(['usr_2']);
    for (const none of ['', 'x', 'a.b.c', tokenOf({}), tokenOf(null), null]) expect(seen(none)).toEqual([]);
  });

  const changed = 'change(input: { lineId: "1", offeringId: "2" })';

  it('is a refusal when that is what came, by a code that nothing else can stand for', () => {
    const seen = (selections: string, change: object) =>
      seenIn(`mutation { ${changed} { ${selections} } }`, { change });
    const told = '... on Order { id } ... on UserError { c: code }';
    expect(seen(told, { c: 'NOT_FOUND' })).toEqual({ ids: [], rows: 0, refusal: 'NOT_FOUND' });
    expect(seen(told, { id: 'o1' })).toEqual({ ids: ['o1'], rows: 1, refusal: null });
    expect(seen(told, { c: '010-1234-5678' })).toMatchObject({ refusal: null });
    const shared = '... on Order { c: note } ... on UserError { c: code }';
    expect(seen(shared, { c: 'NOT_FOUND' })).toMatchObject({ refusal: null });
  });

  it('counts what came beside a refusal', () => {
    const text = `mutation { a: ${changed} { ...F } b: ${changed} { ... on Order { id } } } fragment F on UserError { code }`;
    const seen = seenIn(text, { a: { code: 'NOT_FOUND' }, b: { id: 'o1' } });
    expect(seen).toEqual({ ids: ['o1'], rows: 1, refusal: 'NOT_FOUND' });
  });
});

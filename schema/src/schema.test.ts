import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';

import { CompositionFailed, composeSupergraph } from './compose-supergraph.ts';
import { directivesIn } from './directive-map.ts';
import { errorCatalogue } from './error-catalogue.ts';
import * as rules from './house-rules.ts';
import { readRoverConfig } from './read-rover-config.ts';

const rover = readRoverConfig(fileURLToPath(new URL('../../rover.yaml', import.meta.url)));
const kosBacked = ['CustomerBill', 'Product', 'ProductOffering', 'CustomerProfile', 'ProductOfferingConnection'];

describe.each(rover.subgraphs)('the SDL of $name', ({ sdl }) => {
  it.each(Object.entries(rules))('keeps the house rule %s', (_name, rule) => {
    expect(rule(parse(sdl))).toEqual([]);
  });
});

describe('the house rules', () => {
  const bad = parse(`
    enum Colour { red }
    scalar Price
    type Query { getBill(id: ID!): Bill!, bills: BillConnection }
    type Mutation { pay(amount: Float): Boolean }
    type Bill @key(fields: "id") { id: ID!, open: Boolean, old: Int @deprecated(reason: "no"), x: Int @requires(fields: "id") }
    type BillConnection { edges: [Int] }
    input PayInput { amount: Float }
  `);

  it.each(Object.entries(rules))('%s finds what breaks it', (_name, rule) => {
    expect(rule(bad)).not.toEqual([]);
  });
});

describe('the supergraph', () => {
  const { supergraphSdl, runtimeSdl, hints } = composeSupergraph(rover.subgraphs);

  it('composes without a hint', () => {
    expect(hints).toEqual([]);
  });

  it('is committed as composed', () => {
    const require = createRequire(import.meta.url);
    expect(readFileSync(require.resolve('@supergraph/schema/supergraph.graphql'), 'utf8')).toBe(supergraphSdl);
  });

  it('is composed by the federation version that rover.yaml names', () => {
    const require = createRequire(import.meta.url);
    const { version } = JSON.parse(readFileSync(require.resolve('@apollo/composition/package.json'), 'utf8')) as {
      version: string;
    };
    expect(version).toBe(rover.federationVersion);
  });

  it('keeps the authorization directives and their purpose, which only our own gateway’s copy goes without', () => {
    expect(supergraphSdl).toContain('@authenticated');
    expect(supergraphSdl).toContain('for: SECURITY');
    expect(runtimeSdl).toContain('@authenticated');
    expect(runtimeSdl).not.toContain('for: SECURITY');
  });

  it('says what its fields cost and how long its lists are', () => {
    const directives = directivesIn(parse(supergraphSdl));
    const said = (coordinate: string) => (directives.get(coordinate) ?? []).map((directive) => print(directive));
    expect(said('Line.bill')).toContain('@cost(weight: 10)');
    expect(said('Money')).toContain('@cost(weight: 0)');
    expect(said('Customer.lines')).toContain('@listSize(assumedSize: 5)');
    expect(said('Query.productOfferings')).toContain('@listSize(slicingArguments: ["first"], sizedFields: ["edges"])');
  });

  it.each(kosBacked)('says how fresh a %s is', (name) => {
    const type = new RegExp(`^type ${name}\\b[\\s\\S]*?^}`, 'm').exec(supergraphSdl)?.[0];
    expect(type).toContain('freshness: Freshness!');
  });

  it('names what does not fit when subgraphs contradict each other', () => {
    const [auth, billing] = rover.subgraphs;
    if (auth === undefined || billing === undefined) throw new Error('rover.yaml lacks subgraphs');
    const contradicting = {
      ...billing,
      sdl: billing.sdl.replace('value: Decimal!', 'value: Int!').replaceAll(' @shareable', ''),
    };
    const withProduct = [auth, contradicting, ...rover.subgraphs.slice(2)];
    expect(() => composeSupergraph(withProduct)).toThrow(CompositionFailed);
  });
});

describe('the error catalogue', () => {
  it.each(Object.entries(errorCatalogue))('%s has a Korean and an English text and an HTTP status', (_code, entry) => {
    expect(entry.ko).toMatch(/[가-힣]/);
    expect(entry.en).not.toMatch(/[가-힣]/);
    expect(entry.httpStatus).toBeGreaterThanOrEqual(200);
  });
});

import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';

import { composeSupergraph } from './compose-supergraph.ts';
import * as rules from './privacy-rules.ts';
import { readRoverConfig } from './read-rover-config.ts';

const rover = readRoverConfig(fileURLToPath(new URL('../../rover.yaml', import.meta.url)));

describe.each(rover.subgraphs)('the SDL of $name', ({ sdl }) => {
  it.each(Object.entries(rules))('keeps the privacy rule %s', (_name, rule) => {
    expect(rule(parse(sdl))).toEqual([]);
  });
});

describe('the privacy rules', () => {
  const personal = [
    'type A { name: String }',
    'type A { customerName: [String!]! }',
    'type A { reach: [PhoneNumber!] }',
    'type A { emailAddress: String }',
    'type A { birthDate: Date }',
    'interface A { homeAddress: String }',
    'extend type A { bankAccount: String }',
    'input A { newPassword: String! }',
    'type A { find(phoneNumber: String!): String }',
  ];

  it.each(personal)('find what looks personal in %s', (sdl) => {
    expect(rules.unmarkedPersonalData(parse(sdl))).toHaveLength(1);
    const marked = sdl.replace(/(\w+: \[?(?:String|PhoneNumber|Date)!?\]?!?)(?= \}|\))/, '$1 @sensitive(kind: NAME)');
    expect(rules.unmarkedPersonalData(parse(marked))).toEqual([]);
  });

  it('leave alone what is not personal', () => {
    const harmless = parse(
      'type A { monthlyFee: Int, accessTokenExpiresAt: String, renamed: Boolean, relationship: String }',
    );
    expect(rules.unmarkedPersonalData(harmless)).toEqual([]);
  });

  it.each([
    'type A { b: B @sensitive(kind: NAME) } type B { c: String }',
    'type A { age: Int @sensitive(kind: NAME) }',
  ])('find what no mask can stand in for in %s', (sdl) => {
    expect(rules.sensitiveButNoText(parse(sdl))).toHaveLength(1);
  });

  it.each(['NAEM', '"NAME"'])('find the kind %s, which there is no mask for', (kind) => {
    expect(rules.unknownKinds(parse(`type A { b: String @sensitive(kind: ${kind}) }`))).toHaveLength(1);
  });

  it('find directives that are another’s, or changed', () => {
    const [auth] = rover.subgraphs;
    expect(rules.ownPrivacyDirectives(parse('type A { b: String }'))).toHaveLength(3);
    expect(rules.ownPrivacyDirectives(parse(auth?.sdl.replace('  ACCOUNT\n', '  PURSE\n') ?? ''))).toEqual([
      'privacy__Kind is not as in schema/directives.graphql',
    ]);
  });
});

describe('the supergraph', () => {
  it('carries what is sensitive', () => {
    const { supergraphSdl } = composeSupergraph(rover.subgraphs);
    expect(supergraphSdl).toMatch(/phoneNumber: PhoneNumber! @join__field\(graph: AUTH\) @sensitive\(kind: PHONE\)/);
    expect(supergraphSdl).toMatch(/password: String! @sensitive\(kind: SECRET\)/);
  });

  it('does not come about with a kind that is misspelt', () => {
    const misspelt = rover.subgraphs.map((each) => ({ ...each, sdl: each.sdl.replace('kind: PHONE', 'kind: FONE') }));
    expect(() => composeSupergraph(misspelt)).toThrow('@sensitive');
  });
});

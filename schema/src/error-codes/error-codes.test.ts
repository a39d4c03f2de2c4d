import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { Kind, parse, visit, type DocumentNode } from 'graphql';

import { errors, isErrorCode } from '../../../packages/error-codes/index.js';
import { errorCatalogue } from '../error-catalogue.ts';
import { readRoverConfig } from '../read-rover-config.ts';
import { findCodeUses } from './code-uses.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const codes = Object.keys(errorCatalogue);
const uses = findCodeUses(root);

describe('the codes', () => {
  const said = new Set(uses.filter(({ isSaid }) => isSaid).map(({ text }) => text));

  it.each(codes)('%s is said by something', (code) => {
    expect(said).toContain(code);
  });

  it('that are said as such are all in the catalogue', () => {
    const unknown = uses.filter(({ text, property, isSaid }) => isSaid && property === 'code' && !codes.includes(text));
    expect(unknown).toEqual([]);
  });

  it.each(Object.entries(errorCatalogue))(
    '%s may be asked again exactly when nobody has to act first',
    (_code, entry) => {
      expect(entry.isRetryable).toBe(['NOBODY', 'OPERATIONS'].includes(entry.actor));
    },
  );
});

describe('the SDL', () => {
  const { subgraphs } = readRoverConfig(`${root}/rover.yaml`);
  const documents = subgraphs.map(({ sdl }) => parse(sdl));
  const enumValues = new Set<string>();
  for (const document of documents) {
    visit(document, { EnumValueDefinition: ({ name }) => void enumValues.add(name.value) });
  }
  const shouted = (text: string): readonly string[] => text.match(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g) ?? [];

  function descriptionsIn(document: DocumentNode): readonly string[] {
    const found: string[] = [];
    visit(document, {
      StringValue: ({ value }, key) => {
        if (key === 'description') found.push(value);
      },
    });
    return found;
  }

  it('names codes that there are', () => {
    const named = documents.flatMap((document) => descriptionsIn(document).flatMap(shouted));
    expect(named.filter((word) => !enumValues.has(word) && !codes.includes(word))).toEqual([]);
    expect(named.filter((word) => codes.includes(word)).length).toBeGreaterThan(10);
  });

  it('says of every refusal which codes it may have', () => {
    const silent = documents.flatMap((document) =>
      document.definitions.flatMap((type) => {
        if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
        if (!type.interfaces?.some(({ name }) => name.value === 'UserError')) return [];
        const description = type.fields?.find(({ name }) => name.value === 'code')?.description?.value ?? '';
        return (description.match(/\b[A-Z_]{4,}\b/g) ?? []).some((word) => codes.includes(word))
          ? []
          : [type.name.value];
      }),
    );
    expect(silent).toEqual([]);
  });
});

describe('the package for clients', () => {
  it('has the catalogue as it is, knows its own codes, and needs nothing', () => {
    expect(errors).toEqual(errorCatalogue);
    expect([isErrorCode('KOS_BUSY'), isErrorCode('toString'), isErrorCode('NEW'), isErrorCode(7)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const files = ['index.js', 'index.d.ts'].map((name) =>
      readFileSync(`${root}/packages/error-codes/${name}`, 'utf8'),
    );
    expect(files.filter((text) => /^\s*import\b|\brequire\(/m.test(text))).toEqual([]);
  });
});

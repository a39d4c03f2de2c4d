import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { buildASTSchema, parse, type DocumentNode } from 'graphql';

import { readRoverConfig, type SubgraphDeclaration } from './read-rover-config.ts';

const atRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const exportedModel = /export (?:interface|type) (\w+)Model\b/g;

/** `export interface LineModel` in a subgraph's mappers.ts is what its resolvers get for the GraphQL type Line. */
function mappersOf(graphqlFolder: string): Readonly<Record<string, string>> {
  const file = `${graphqlFolder}/mappers.ts`;
  if (!existsSync(file)) return {};
  const names = [...readFileSync(file, 'utf8').matchAll(exportedModel)].flatMap((match) => match[1] ?? []);
  return Object.fromEntries(names.map((name) => [name, `../mappers.ts#${name}Model`]));
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

async function generateFor({ name, sdl }: SubgraphDeclaration): Promise<void> {
  const folder = atRoot(`subgraphs/${name}/src/graphql`);
  if (!existsSync(folder)) return;
  const filename = `${folder}/generated/resolver-types.ts`;
  const document: DocumentNode = parse(sdl);
  const types = await codegen({
    filename,
    documents: [],
    schema: document,
    schemaAst: buildASTSchema(document, { assumeValidSDL: true }),
    plugins: [{ typescript: {} }, { 'typescript-resolvers': {} }],
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
    config: {
      federation: true,
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      contextType: `../context.ts#${capitalised(name)}Context`,
      mappers: mappersOf(folder),
      resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
      scalars: {
        ID: 'string',
        CurrencyCode: 'string',
        Date: 'string',
        DateTime: 'Date',
        Decimal: 'string',
        PhoneNumber: 'string',
        YearMonth: 'string',
        _FieldSet: 'string',
      },
    },
  });
  mkdirSync(dirname(filename), { recursive: true });
  writeFileSync(filename, types);
}

await Promise.all(readRoverConfig(atRoot('rover.yaml')).subgraphs.map(generateFor));

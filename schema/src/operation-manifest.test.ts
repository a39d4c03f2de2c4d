import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import {
  BadManifest,
  operationIdOf,
  operationsFolder,
  printManifest,
  readManifest,
  readManifests,
  versionsOf,
} from './operation-manifest.ts';
import { CannotRegister, registerOperations } from './register-operations.ts';

function aFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe('Operations that are registered', () => {
  const label = 'fragment Label on Line { ...Id phoneNumber }';
  const id = 'fragment Id on Line { id }';

  it('come each with the fragments it needs and no others, in the order of their names', () => {
    const unused = 'fragment Unused on Line { id }';
    const documents = [`query Two { lines { ...Label } } query One { me { id } } ${label}`, `${id} ${unused}`];
    const registered = registerOperations(documents);
    expect(registered.map(({ name }) => name)).toEqual(['One', 'Two']);
    expect(registered[1]?.body).toBe(
      'query Two {\n  lines {\n    ...Label\n  }\n}\n\nfragment Id on Line {\n  id\n}\n\n' +
        'fragment Label on Line {\n  ...Id\n  phoneNumber\n}',
    );
    expect(registered.every((operation) => operation.id === operationIdOf(operation.body))).toBe(true);
  });

  it('are the same however the documents are written', () => {
    const one = registerOperations([`query A { lines { ...Label } } ${label} ${id}`]);
    expect(registerOperations([id, `# x\n${label}`, 'query A{lines{...Label,}}'])).toEqual(one);
  });

  it.each([
    ['without a name', '{ me { id } }'],
    ['that miss a fragment', 'query A { me { ...Gone } }'],
    ['of the same name', 'query A { me { id } } mutation A { logout { id } }'],
    ['that are subscriptions', 'subscription A { me { id } }'],
  ])('are none %s', (_what, document) => {
    expect(() => registerOperations([document])).toThrow(CannotRegister);
  });
});

describe('A manifest', () => {
  const manifest = printManifest(registerOperations(['query Main { me { id } }']));

  it('is read as it was written', () => {
    expect(printManifest(readManifest(manifest, 'x.json'))).toBe(manifest);
  });

  it.each([
    ['no JSON', '{'],
    ['another format', manifest.replace('apollo-', 'other-')],
    ['another version', manifest.replace('"version": 1', '"version": 2')],
    ['more than it should have', manifest.replace('"type"', '"kind": 1, "type"')],
    ['an operation that is not what its id says', manifest.replace('me {', 'you {')],
  ])('is not believed with %s', (_what, text) => {
    expect(() => readManifest(text, 'x.json')).toThrow(BadManifest);
  });

  it('is found under its client and version, old ones too', () => {
    const folder = aFolder({
      'web/1.9.0.json': manifest,
      'web/1.10.0.json': manifest,
      'web/main.graphql': 'query Main { me { id } }',
      'ios/3.json': manifest,
      'README.md': '',
    });
    expect(readManifests(folder).map(({ client, version }) => `${client} ${version}`)).toEqual([
      'ios 3',
      'web 1.9.0',
      'web 1.10.0',
    ]);
    expect(versionsOf(join(folder, 'web'))).toEqual(['1.9.0', '1.10.0']);
    expect(readManifests(join(folder, 'nowhere'))).toEqual([]);
  });

  it('of our web client is committed in the format of Apollo’s generator', () => {
    const [version] = versionsOf(join(operationsFolder, 'web')).toReversed();
    const value: unknown = JSON.parse(readFileSync(join(operationsFolder, 'web', `${version ?? ''}.json`), 'utf8'));
    expect(value).toMatchObject({ format: 'apollo-persisted-query-manifest', version: 1 });
  });
});

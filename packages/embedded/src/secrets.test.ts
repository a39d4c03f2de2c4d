import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { makeSecrets, readOrMakeSecrets } from './secrets.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  file = join(folder, 'data', 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('The secrets of a supergraph', () => {
  it('are made once, for their owner’s eyes only', async () => {
    const made = readOrMakeSecrets(file);
    expect(readOrMakeSecrets(file)).toEqual(made);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('are added to where a version before knew fewer, and those it knew stay', async () => {
    readOrMakeSecrets(file);
    const { LINE_ID_KEY, PASSWORD_PEPPER } = makeSecrets();
    const known = { LINE_ID_KEY, PASSWORD_PEPPER };
    await writeFile(file, JSON.stringify(known));
    const secrets = readOrMakeSecrets(file);
    expect(secrets).toMatchObject(known);
    expect(Object.keys(secrets)).toEqual(Object.keys(makeSecrets()));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(secrets);
  });
});

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { completeEnvFile } from './env-file.ts';
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

  it('have the public half of the private key that is there, whichever of the two was lost', async () => {
    const { INTERNAL_TOKEN_PRIVATE_KEY, INTERNAL_TOKEN_PUBLIC_KEY } = readOrMakeSecrets(file);
    await writeFile(file, JSON.stringify({ INTERNAL_TOKEN_PRIVATE_KEY }));
    expect(readOrMakeSecrets(file)).toMatchObject({ INTERNAL_TOKEN_PRIVATE_KEY, INTERNAL_TOKEN_PUBLIC_KEY });
    await writeFile(file, JSON.stringify({ INTERNAL_TOKEN_PUBLIC_KEY }));
    expect(readOrMakeSecrets(file).INTERNAL_TOKEN_PUBLIC_KEY).not.toBe(INTERNAL_TOKEN_PUBLIC_KEY);
  });
});

describe('The secrets of docker compose', () => {
  it('are made once: asked for again, and beside settings of one’s own, nothing that is there changes', async () => {
    const env = join(folder, '.env');
    await writeFile(env, 'LOG_LEVEL=warn\nPOSTGRES_PASSWORD=chosen', { mode: 0o644 });
    const made = completeEnvFile(env);
    expect(made).toEqual([...Object.keys(makeSecrets()), 'RABBITMQ_PASSWORD']);
    const text = await readFile(env, 'utf8');
    expect(text).toMatch(/^LOG_LEVEL=warn\nPOSTGRES_PASSWORD=chosen\nTOKEN_SIGNING_KEYS=\S+\n/);
    expect(text).toMatch(/\nRABBITMQ_PASSWORD=[0-9a-f]{48}\n$/);
    expect((await stat(env)).mode & 0o777).toBe(0o600);
    expect(completeEnvFile(env)).toEqual([]);
    expect(await readFile(env, 'utf8')).toBe(text);
  });
});

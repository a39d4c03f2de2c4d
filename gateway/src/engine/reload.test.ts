import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { listenAnywhere } from '../testing/listen-anywhere.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const committed = await readFile(
  createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'),
  'utf8',
);
/** The same graph with another word in a description, so that it is another text. */
const another = (word: string) => committed.replace('The signed-in user', `The ${word} user`);
const describeMe = '{ __type(name: "Query") { fields { name description } } }';

let folder: string;
let file: string;
let g: TestGateway;
const closers: (() => Promise<unknown>)[] = [];

const subgraphs = {
  auth: { Query: { me: () => ({ id: 'usr_1', loginId: 'kim' }) } },
  billing: { Query: { billInquiryMenu: () => ({ billingMonths: ['2026-11'] }) } },
};
async function aReloadingGateway(environment: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  const started = await aGateway(subgraphs, {
    SUPERGRAPH_FILE: file,
    SUPERGRAPH_LAST_GOOD_FILE: join(folder, 'kept', 'supergraph.graphql'),
    SUPERGRAPH_POLL_MS: '600000',
    ...environment,
  });
  closers.push(() => started.close());
  return started;
}
const descriptionOfMe = async (from: TestGateway): Promise<string> => {
  const { text } = await from.ask(describeMe);
  return /The (\S+) user/.exec(text)?.[1] ?? 'none';
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
  file = join(folder, 'supergraph.graphql');
  await writeFile(file, committed);
  g = await aReloadingGateway();
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true });
});

describe('A new supergraph', () => {
  it('is served from the moment it is found, and the same one changes nothing', async () => {
    expect(await descriptionOfMe(g)).toBe('signed-in');
    await writeFile(file, another('present'));
    expect(await g.reload()).toMatchObject({ outcome: 'served' });
    expect(await descriptionOfMe(g)).toBe('present');
    expect((await g.ask('{ me { loginId } }', { as: aViewer() })).body).toEqual({ data: { me: { loginId: 'kim' } } });
    expect(await g.reload()).toMatchObject({ outcome: 'unchanged' });
  });

  it('fails no request, however often it comes', async () => {
    const viewer = aViewer();
    const replies: number[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isOver)
        replies.push((await g.ask('{ me { loginId } billInquiryMenu { billingMonths } }', { as: viewer })).status);
    });
    for (const turn of [1, 2, 3, 4, 5]) {
      await writeFile(file, another(`turn-${String(turn)}`));
      expect(await g.reload()).toMatchObject({ outcome: 'served' });
    }
    isOver = true;
    await Promise.all(clients);
    expect(replies.length).toBeGreaterThan(8);
    expect(new Set(replies)).toEqual(new Set([200]));
  });

  it('is served also when there is no room to keep it for the next start', async () => {
    const full = await aReloadingGateway({ SUPERGRAPH_LAST_GOOD_FILE: join(file, 'no folder') });
    await writeFile(file, another('present'));
    expect(await full.reload()).toMatchObject({ outcome: 'served' });
    expect(await descriptionOfMe(full)).toBe('present');
    expect(full.logged.join()).toContain('could not be kept for the next start');
  });

  it.each([
    ['is no GraphQL', 'type Query {'],
    ['is no supergraph', 'type Query { me: String }'],
    [
      'protects nothing',
      committed.replaceAll(/(?<!directive) @(authenticated|requiresScopes|policy)\b(\([^)]*\))?/g, ''),
    ],
    ['names a policy that nobody wrote', committed.replaceAll('"own_line"', '"owner_of_line"')],
  ])('that %s is refused with the reason, and the one before stays', async (_what, text) => {
    expect(text).not.toBe(committed);
    await writeFile(file, text);
    const outcome = await g.reload();
    expect(outcome).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/\w+/) });
    expect(g.logged.join()).toContain('a supergraph was refused');
    expect(await descriptionOfMe(g)).toBe('signed-in');
  });

  it('that is bad at a start is left for the last good one', async () => {
    await writeFile(file, another('present'));
    await g.reload();
    await writeFile(file, 'type Query {');
    await g.stop();
    const again = await aReloadingGateway();
    expect(await descriptionOfMe(again)).toBe('present');
    expect(again.logged.join()).toContain('the last good supergraph is served instead');
  });

  it('that is bad at a start keeps a gateway without a last good one from starting', async () => {
    await writeFile(file, 'type Query {');
    await expect(aReloadingGateway({ SUPERGRAPH_LAST_GOOD_FILE: join(folder, 'nothing') })).rejects.toThrow(/Syntax/);
  });

  const withoutProduct = async (): Promise<string> => {
    const { composeSupergraph } = await import('@supergraph/schema/compose-supergraph');
    const { sdlOf } = await import('../testing/stand-in-subgraphs.ts');
    const rest = (['auth', 'billing'] as const).map((name) => ({
      name,
      routingUrl: `http://${name}.test/graphql`,
      sdlFile: '',
      sdl: sdlOf(name),
    }));
    return composeSupergraph(rest).supergraphSdl;
  };

  it('on which a registered operation cannot run any more is refused, by its name', async () => {
    await writeFile(file, await withoutProduct());
    const refused = { outcome: 'refused', reason: expect.stringContaining('PlanChoice') };
    expect(await g.reload()).toMatchObject(refused);
    expect(await g.reload()).toMatchObject(refused);
    expect(await descriptionOfMe(g)).toBe('signed-in');
  });

  it('without a subgraph is healthy without it', async () => {
    const free = await aReloadingGateway({ PERSISTED_OPERATIONS_FOLDER: join(folder, 'nobody') });
    const health = async () => (await (await fetch(`${free.url}/health`)).json()) as { readonly subgraphs: object };
    expect(Object.keys((await health()).subgraphs)).toContain('product');
    await writeFile(file, await withoutProduct());
    expect(await free.reload()).toMatchObject({ outcome: 'served' });
    free.clock.advance(2_000);
    expect(await health()).toEqual({ status: 'ok', subgraphs: { auth: 'up', billing: 'up' } });
  });
});

describe('A supergraph from an address', () => {
  let origin: Server;
  let text = committed;
  const asked: (string | undefined)[] = [];

  beforeEach(() => {
    text = committed;
    asked.length = 0;
    origin = createServer((request, response) => {
      const tag = `"${String(text.length)}"`;
      asked.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else response.writeHead(200, { etag: tag }).end(text);
    });
    closers.push(() => new Promise((resolve) => origin.close(resolve)));
  });

  it('is asked for by its ETag, and an address that is gone changes nothing', async () => {
    const url = await listenAnywhere(origin);
    const fromUrl = await aGateway(subgraphs, { SUPERGRAPH_URL: url, SUPERGRAPH_POLL_MS: '600000' });
    closers.push(() => fromUrl.close());
    expect(await fromUrl.reload()).toMatchObject({ outcome: 'unchanged' });
    text = another('present');
    expect(await fromUrl.reload()).toMatchObject({ outcome: 'served' });
    expect(await descriptionOfMe(fromUrl)).toBe('present');
    expect(asked).toEqual([undefined, `"${String(committed.length)}"`, `"${String(committed.length)}"`]);
    origin.closeAllConnections();
    await new Promise((resolve) => origin.close(resolve));
    expect(await fromUrl.reload()).toMatchObject({ outcome: 'refused' });
    expect(await descriptionOfMe(fromUrl)).toBe('present');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSubgraphServer } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { fitTogether } from '@supergraph/schema/compose-supergraph';

import { aGatewayProcess, type GatewayProcess } from '../testing/gateway-process.ts';

// a machine that has much else to do takes its time to start a process, and one test starts three
jest.setTimeout(200_000);

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const catalogue = `${link}
  scalar Season
  type Query { books(first: Int = 2): [Book!]! broken: String! }
  type Mutation { lend(id: ID!): Book }
  type Book @key(fields: "id") { id: ID! title: String! printedOn: Season }`;
const reviews = `${link}
  type Book @key(fields: "id") { id: ID! stars: [Int!]! }`;
const books = [
  { id: '1', title: 'One', printedOn: 'in spring' },
  { id: '2', title: 'Two', printedOn: null },
];

type Resolvers = Parameters<typeof createSubgraphServer>[0]['resolvers'];
const started: { close(): Promise<void> }[] = [];
async function aForeignSubgraph(name: string, sdl: string, resolvers: Resolvers): Promise<string> {
  const server = createSubgraphServer({
    name,
    portVariable: 'PORT',
    sdl,
    resolvers,
    verifyInternalToken: () => Promise.resolve(null),
    createContext: (request) => request,
    readiness: () => Promise.resolve({}),
    log: createLogger({ service: name, level: 'silent' }),
  });
  started.push(server);
  return `${await server.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
}

let folder: string;
let file: string;
let gateway: GatewayProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'any-supergraph-'));
  file = join(folder, 'supergraph.graphql');
  const { sdl } = fitTogether([
    {
      name: 'catalogue',
      sdl: catalogue,
      routingUrl: await aForeignSubgraph('catalogue', catalogue, {
        Query: { books: () => books, broken: () => null },
        Mutation: { lend: (_: unknown, { id }: { id: string }) => books.find((book) => book.id === id) },
      }),
    },
    {
      name: 'reviews',
      sdl: reviews,
      routingUrl: await aForeignSubgraph('reviews', reviews, {
        Book: { __resolveReference: (book: object) => book, stars: ({ id }: { id: string }) => [Number(id)] },
      }),
    },
  ]);
  await writeFile(file, sdl);
  gateway = await run();
});
afterAll(async () => {
  gateway.signal('SIGKILL');
  for (const server of started) await server.close();
  await rm(folder, { recursive: true });
});

const run = (args: readonly string[] = ['--supergraph', file, '--port', '0', '--open'], environment = {}) =>
  aGatewayProcess({ INTERNAL_TOKEN_PRIVATE_KEY: '', ...environment }, { script: 'any-supergraph/main.ts', args });

async function ask(query: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer of.some.kind' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.json() };
}

describe('The gateway on a supergraph that is not ours', () => {
  it('answers anybody, across subgraphs, queries and mutations, with their own scalars', async () => {
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect(await ask('{ books { title printedOn stars } __typename }')).toEqual({
      status: 200,
      body: {
        data: {
          books: [
            { title: 'One', printedOn: 'in spring', stars: [1] },
            { title: 'Two', printedOn: null, stars: [2] },
          ],
          __typename: 'Query',
        },
      },
    });
    expect((await ask('mutation { lend(id: "2") { title } }')).body).toEqual({ data: { lend: { title: 'Two' } } });
    expect((await ask('{ __schema { mutationType { fields { name } } } }')).body).toEqual({
      data: { __schema: { mutationType: { fields: [{ name: 'lend' }] } } },
    });
  });

  it('keeps to its limits and to its errors', async () => {
    const deep = `{ ${'books { '.repeat(30)} title ${' }'.repeat(30)} }`;
    expect(await ask(deep)).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'QUERY_TOO_DEEP' } }] },
    });
    expect(await ask('{ broken }')).toMatchObject({ body: { errors: [{ path: ['broken'] }] } });
    expect(JSON.stringify(await ask('{ broken }'))).not.toMatch(/127\.0|non-nullable/);
  });

  it('is refused in production, and says how it is used', async () => {
    await expect(run(['--supergraph', file, '--open'], { NODE_ENV: 'production' })).rejects.toThrow(
      /not for production/,
    );
    await expect(run(['--open'])).rejects.toThrow(/Which supergraph/);
    await expect(run(['--supergraph', join(folder, 'none'), '--open'])).rejects.toThrow(/There is no file/);
  });

  it('does not start when it is to protect what says nothing about who may see it', async () => {
    await expect(run(['--supergraph', file, '--port', '0'])).rejects.toThrow(
      /INTERNAL_TOKEN_PRIVATE_KEY|not protected/,
    );
  });

  it('stops on SIGTERM', async () => {
    gateway.signal('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
  });
});

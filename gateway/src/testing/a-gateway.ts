import { env } from 'node:process';

import { createLogger } from '@supergraph/platform/telemetry';
import { createManualClock, type ManualClock } from '@supergraph/platform/testing';
import type { Viewer } from '@supergraph/platform/identity';

import { composeGateway, type Gateway, type GatewayDependencies } from '../compose.ts';
import { readGatewayConfig } from '../config.ts';
import { createMemoryAuditStore, type MemoryAuditStore } from './memory-audit-store.ts';
import {
  aSubgraph,
  aToken,
  anAuthDesk,
  internalPem,
  openAuthDesk,
  type AuthDesk,
  type Resolvers,
  type SubgraphName,
} from './stand-in-subgraphs.ts';

/** An answer of the gateway as a client sees it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Record<string, unknown>;
    }[];
    readonly extensions?: unknown;
  };
}

/** A running gateway with everything a test needs to talk to it. */
export interface TestGateway {
  readonly url: string;
  /** Where those who run it ask. */
  readonly adminUrl: string;
  readonly clock: ManualClock;
  readonly desk: AuthDesk;
  readonly logged: string[];
  /** Where it is put on record who saw and changed whose data, unless a database is given for it. */
  readonly audit: MemoryAuditStore;
  /** A good token of a viewer, made now. */
  tokenOf(viewer: Viewer): string;
  ask(query: string, more?: Ask): Promise<Reply>;
  post(body: string | Uint8Array, headers?: Record<string, string>): Promise<Reply>;
  /** Makes the gateway look for a new supergraph. */
  readonly reload: Gateway['reload'];
  /** Stops the gateway alone. */
  stop(): Promise<void>;
  /** Stops everything. */
  close(): Promise<void>;
}

export interface Ask {
  readonly as?: Viewer;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

const anywhere = { host: '127.0.0.1', port: 0 } as const;
/** The loop is late whenever the machine has other work; only a test about lateness wants that to count. */
const unhurried = { SHED_READS_AT_LAG_MS: '60000', SHED_CHANGES_AT_LAG_MS: '60000' } as const;
/** Auth is in the same process: when that stands still for a second, so does auth. */
const patient = { deskTimeoutMs: 3_000 } as const;
const auditKeys = `a1:${Buffer.alloc(32, 1).toString('base64')}`;
/** Nothing listens here. */
const nowhere = 'http://127.0.0.1:1';

export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? (JSON.parse(text) as Reply['body']) : {},
  };
}

/**
 * Starts real subgraphs out of stub resolvers, or takes addresses in their place, and a real gateway in front of them.
 * A subgraph that is not mentioned is down.
 */
export async function aGateway(
  subgraphs: Partial<Record<SubgraphName, Resolvers | string>> = {},
  environment: Readonly<Record<string, string>> = {},
  { deskTimeoutMs }: Pick<GatewayDependencies, 'deskTimeoutMs'> = patient,
): Promise<TestGateway> {
  env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const clock = createManualClock(new Date().toISOString());
  const desk = await anAuthDesk();
  const logged: string[] = [];
  const closers: (() => Promise<void>)[] = [];

  async function urlOf(name: SubgraphName): Promise<string> {
    const given = name === 'auth' ? (subgraphs.auth ?? {}) : subgraphs[name];
    if (given === undefined) return `${nowhere}/graphql`;
    if (typeof given === 'string') return given;
    const server = aSubgraph(name, given, { clock });
    if (name === 'auth') openAuthDesk(server, desk);
    closers.push(() => server.close());
    return `${await server.listen(anywhere)}/graphql`;
  }

  const config = readGatewayConfig({
    INTERNAL_TOKEN_PRIVATE_KEY: Buffer.from(internalPem).toString('base64'),
    SUBGRAPH_AUTH_URL: await urlOf('auth'),
    SUBGRAPH_BILLING_URL: await urlOf('billing'),
    SUBGRAPH_PRODUCT_URL: await urlOf('product'),
    ...unhurried,
    // one address, and few people, ask on behalf of everybody
    RATE_LIMITS: '1000',
    GATEWAY_DATABASE_URL: nowhere,
    AUDIT_CHAIN_KEYS: auditKeys,
    ...environment,
  });
  const audit = createMemoryAuditStore();
  const destination = { write: (line: string) => void logged.push(line) };
  const gateway: Gateway = await composeGateway(config, {
    clock,
    deskTimeoutMs,
    ...(environment['GATEWAY_DATABASE_URL'] === undefined && { auditStore: audit }),
    log: createLogger({ service: 'gateway', level: 'info', destination }),
  });
  closers.push(() => gateway.close());
  const url = await gateway.listen(anywhere);
  const adminUrl = await gateway.listenForAdmin(anywhere);

  const post: TestGateway['post'] = async (body, headers = {}) =>
    await readReply(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }),
    );
  const tokenOf = (viewer: Viewer) => aToken(desk, viewer, clock.now());
  return {
    url,
    adminUrl,
    clock,
    desk,
    logged,
    audit,
    tokenOf,
    post,
    reload: () => gateway.reload(),
    stop: () => gateway.close(),
    ask: async (query, { as, variables, operationName, headers, signal } = {}) =>
      await readReply(
        await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(as !== undefined && { authorization: `Bearer ${tokenOf(as)}` }),
            ...headers,
          },
          body: JSON.stringify({ query, variables, operationName }),
          ...(signal !== undefined && { signal }),
        }),
      ),
    close: async () => {
      for (const close of closers.toReversed()) await close();
    },
  };
}

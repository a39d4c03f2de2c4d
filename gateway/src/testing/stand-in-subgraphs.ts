import { createPublicKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import {
  createInternalTokenVerifier,
  generateSigningKeyPem,
  publicPemOf,
  readSigningKey,
  signAccessToken,
  type SigningKey,
  type Viewer,
} from '@supergraph/platform/identity';
import {
  createSubgraphServer,
  type CertificateFiles,
  type RequestContext,
  type SubgraphServer,
} from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';
import { Kind, parse } from 'graphql';

export type SubgraphName = 'auth' | 'billing' | 'product';

/** Resolvers by type and field; what a test does not care about may be left out. */
export type Resolvers = Parameters<typeof createSubgraphServer>[0]['resolvers'];

const silent = createLogger({ service: 'stand-in', level: 'silent' });

export const sdlOf = (name: SubgraphName): string =>
  readFileSync(createRequire(import.meta.url).resolve(`@supergraph/schema/subgraphs/${name}.graphql`), 'utf8');

/** Unions and interfaces resolve by the `__typename` that the stand-in's values carry. */
function abstractTypesIn(sdl: string): Resolvers {
  const names = parse(sdl)
    .definitions.filter(
      (definition) =>
        definition.kind === Kind.UNION_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION,
    )
    .map((definition) => definition.name.value);
  const resolveType = (value: { readonly __typename: string }) => value.__typename;
  return Object.fromEntries(names.map((name) => [name, { __resolveType: resolveType }]));
}

/** The internal key pair that a gateway and its subgraphs share in a test. */
export const internalPem = generateSigningKeyPem();

/** Makes a real subgraph server of the real SDL with stub resolvers; it hears only a gateway with our internal key. */
export function aSubgraph(
  name: SubgraphName,
  resolvers: Resolvers,
  {
    clock = systemClock,
    certificateFiles,
  }: { readonly clock?: Clock; readonly certificateFiles?: CertificateFiles } = {},
): SubgraphServer {
  const sdl = sdlOf(name);
  return createSubgraphServer({
    name,
    portVariable: `${name.toUpperCase()}_PORT`,
    sdl,
    resolvers: { ...abstractTypesIn(sdl), ...resolvers },
    verifyInternalToken: createInternalTokenVerifier({
      subgraph: name,
      publicKey: createPublicKey(publicPemOf(internalPem)),
      clock,
    }),
    createContext: (request: RequestContext) => request,
    readiness: () => Promise.resolve({}),
    certificateFiles,
    log: silent,
  });
}

/** What the gateway asks of auth outside the graph, as a test wants it answered. */
export interface AuthDesk {
  keys: SigningKey[];
  readonly ended: Set<string>;
  /** The lines of everybody who has a session. */
  lineIds: readonly string[];
  /** Answers nothing and keeps the gateway waiting. */
  isHanging: boolean;
  keyFetches: number;
  sessionChecks: number;
}

export async function anAuthDesk(): Promise<AuthDesk> {
  const key = await readSigningKey(generateSigningKeyPem());
  return {
    keys: [key],
    ended: new Set(),
    lineIds: ['ln_1', 'ln_2'],
    isHanging: false,
    keyFetches: 0,
    sessionChecks: 0,
  };
}

/** Adds the routes of the desk to the auth stand-in. */
export function openAuthDesk({ app }: SubgraphServer, desk: AuthDesk): void {
  const unlessHanging = async <Answer>(answer: Answer): Promise<Answer> =>
    desk.isHanging ? await new Promise<never>(() => undefined) : answer;
  app.get('/.well-known/jwks.json', async () => {
    desk.keyFetches += 1;
    return await unlessHanging({ keys: desk.keys.map((key) => key.publicJwk) });
  });
  app.post<{ Body: { sessionId: string } }>('/internal/session-check', async (request) => {
    desk.sessionChecks += 1;
    const state = desk.ended.has(request.body.sessionId) ? 'ENDED' : 'ACTIVE';
    return await unlessHanging({ state, lineIds: desk.lineIds });
  });
}

export const aViewer = (more: Partial<Viewer> = {}): Viewer => ({
  userId: 'usr_1',
  customerId: 'cus_1',
  role: 'CUSTOMER',
  scopes: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
  sessionId: `ses_${randomUUID()}`,
  ...more,
});

/** Signs an access token as auth would. */
export function aToken(desk: AuthDesk, viewer: Viewer, issuedAt: Date): string {
  const [key] = desk.keys;
  if (key === undefined) throw new Error('the desk has no key');
  return signAccessToken(viewer, { key, issuedAt, tokenId: randomUUID() });
}

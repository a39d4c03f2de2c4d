import { generateSigningKeyPem } from '@supergraph/platform/identity';
import { createLogger } from '@supergraph/platform/telemetry';
import { fitTogether } from '@supergraph/schema/compose-supergraph';

import { composeGateway } from '../compose.ts';
import { readGatewayConfig } from '../config.ts';
import { readReply, type Reply } from './a-gateway.ts';
import { aFakeSubgraph, type FakeSubgraph } from './fake-subgraph.ts';

/** The SDL of a subgraph, and what answers in its place. */
type StandIn = readonly [sdl: string, answer: Parameters<typeof aFakeSubgraph>[0]];

export interface OpenGateway {
  /** Asks as anybody. */
  ask(query: string): Promise<Reply>;
  /** Stops it with its subgraphs. */
  close(): Promise<void>;
}

/** A gateway open to anybody on a supergraph of these subgraphs, by name, none of which is ours. */
export async function anOpenGateway(standIns: Readonly<Record<string, StandIn>>): Promise<OpenGateway> {
  const subgraphs: (FakeSubgraph & { readonly name: string; readonly sdl: string })[] = [];
  for (const [name, [sdl, answer]] of Object.entries(standIns))
    subgraphs.push({ ...(await aFakeSubgraph(answer)), name, sdl });
  const { sdl } = fitTogether(subgraphs.map((subgraph) => ({ ...subgraph, routingUrl: subgraph.url })));
  const signingKey = Buffer.from(generateSigningKeyPem()).toString('base64');
  const gateway = await composeGateway(
    readGatewayConfig({ INTERNAL_TOKEN_PRIVATE_KEY: signingKey, RATE_LIMITS: 'off', AUDIT: 'off' }),
    {
      isOpen: true,
      origin: { name: 'a test', mayChange: false, read: () => Promise.resolve(sdl) },
      log: createLogger({ service: 'gateway', level: 'silent' }),
    },
  );
  const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    ask: async (query) =>
      await readReply(
        await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        }),
      ),
    close: async () => {
      await gateway.close();
      for (const subgraph of subgraphs) await subgraph.close();
    },
  };
}

import type { SigningKey } from '@supergraph/platform/identity';
import type { SubgraphServer } from '@supergraph/platform/server';

/** Adds the public halves of the signing keys, at the address where anybody looks for them (RFC 7517). */
export function addJwks(app: SubgraphServer['app'], keys: readonly SigningKey[]): void {
  const document = { keys: keys.map((key) => key.publicJwk) };
  app.get('/.well-known/jwks.json', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(document),
  );
}

import type { OperationManifest } from '@supergraph/schema/operation-manifest';
import { parse } from 'graphql';

import { canonicalTextOf } from './canonical-text.ts';

/** The registered operations of some clients. */
interface Shelf {
  readonly textById: ReadonlyMap<string, string>;
  readonly canonicalTexts: ReadonlySet<string>;
}

/** What clients have registered. */
export interface OperationRegistry {
  /** The text of a client's operation by its id; null when it has none such. */
  find(client: string | null, id: string): string | null;
  /** Whether a canonical text is one of the client's. */
  includes(client: string | null, canonicalText: string): boolean;
}

function shelfOf(manifests: readonly OperationManifest[]): Shelf {
  const operations = manifests.flatMap((manifest) => manifest.operations);
  return {
    textById: new Map(operations.map(({ id, body }) => [id, body])),
    canonicalTexts: new Set(operations.map(({ body }) => canonicalTextOf(parse(body, { noLocation: true })))),
  };
}

/**
 * Makes the registry of every manifest: a client has what all its versions registered, since old ones are still in use;
 * a client that never registered anything has what anybody did.
 */
export function createOperationRegistry(manifests: readonly OperationManifest[]): OperationRegistry {
  const everybodys = shelfOf(manifests);
  const clients = new Set(manifests.map(({ client }) => client));
  const shelves = new Map(
    [...clients].map((client) => [client, shelfOf(manifests.filter((manifest) => manifest.client === client))]),
  );
  const shelfFor = (client: string | null) => shelves.get(client ?? '') ?? everybodys;
  return {
    find: (client, id) => shelfFor(client).textById.get(id) ?? null,
    includes: (client, text) => shelfFor(client).canonicalTexts.has(text),
  };
}

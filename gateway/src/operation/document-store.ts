import type { ApolloServerOptions } from '@apollo/server';

import type { GatewayContext } from '../request-context.ts';
import { peacefulEndMs } from '../subgraph-policy.ts';
import type { DocumentReader } from './read-document.ts';
import type { Validation } from './validate.ts';

type DocumentStore = NonNullable<ApolloServerOptions<GatewayContext>['documentStore']>;

/**
 * Tells @apollo/server the documents that were read and found valid on the way to it, so that it does neither again. It
 * would hold them against the latest schema, and a request may have begun on the one before. A document that is not known,
 * or fitted only what was served longer ago than any request may take, it reads and refuses by itself.
 */
export function createDocumentStore(by: {
  readonly documents: DocumentReader;
  readonly validation: Validation;
}): DocumentStore {
  const { documents, validation } = by;
  return {
    // the key is that of a schema and, behind a colon, the hash of the text
    get: (key) => {
      const document = documents.recent(key.slice(key.lastIndexOf(':') + 1));
      return Promise.resolve(document && validation.hasFittedWithin(peacefulEndMs, document) ? document : undefined);
    },
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };
}

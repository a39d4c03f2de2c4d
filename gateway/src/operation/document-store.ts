import type { ApolloServerOptions } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

import type { GatewayContext } from '../request-context.ts';
import type { DocumentReader } from './read-document.ts';
import type { Validation } from './validate.ts';

type DocumentStore = NonNullable<ApolloServerOptions<GatewayContext>['documentStore']>;

/**
 * Tells @apollo/server the documents that were read and found valid on the way to it, so that it does neither again. One
 * that is not known, or fits only what was served before, it reads and refuses by itself.
 */
export function createDocumentStore(by: {
  readonly documents: DocumentReader;
  readonly validation: Validation;
  /** The schemas that documents are held against now. */
  readonly schemas: () => readonly GraphQLSchema[];
}): DocumentStore {
  const { documents, validation, schemas } = by;
  return {
    // the key is that of a schema and, behind a colon, the hash of the text
    get: (key) => {
      const document = documents.recent(key.slice(key.lastIndexOf(':') + 1));
      const isValid = document !== undefined && schemas().some((schema) => validation.isKnownValid(schema, document));
      return Promise.resolve(isValid ? document : undefined);
    },
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };
}

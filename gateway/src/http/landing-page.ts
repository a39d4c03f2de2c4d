import { HeaderMap, type ApolloServer } from '@apollo/server';
import { CodedError } from '@supergraph/platform/errors';

import type { GatewayContext } from '../request-context.ts';

/** Writes the page that opens Apollo Sandbox on this gateway; every copy has a nonce of its own. */
export async function readLandingPage(apollo: ApolloServer<GatewayContext>): Promise<string> {
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new CodedError('METHOD_NOT_ALLOWED')),
  });
  if (body.kind !== 'complete') throw new Error('a page comes in one piece');
  return body.string;
}

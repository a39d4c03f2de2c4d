import type { ApolloGateway } from '@apollo/gateway';
import type { Locale } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import type { GraphQLSchema } from 'graphql';

import type { Rehearsal } from './engine/rehearsal.ts';
import type { JsonObject } from './json-object.ts';
import type { Role } from './roles.ts';

/** What the gateway knows of one request, from its arrival to its answer. */
export interface GatewayContext {
  /** Who is asking; null for nobody. */
  readonly viewer: Viewer | null;
  /** Ids of the viewer's own lines; null for nobody, and while they are not known. */
  readonly ownLineIds: readonly string[] | null;
  readonly locale: Locale;
  readonly requestId: string;
  readonly client: { readonly address: string; readonly userAgent: string | null };
  readonly isMutation: boolean;
  /** When the answer is due, in epoch milliseconds. */
  readonly dueAtMs: number;
  /** Aborts when the client goes away. */
  readonly clientGone: AbortSignal;
  /** The row of whoever asks. */
  readonly role: Role;
  /** The schema as it exists for the role. */
  readonly contract: GraphQLSchema;
  /** The supergraph that the request began on; it ends on the same. */
  readonly supergraph: { readonly execute: ApolloGateway['executor'] };
  /** What the fetches brought that start at the root of the answer; set while the operation runs. */
  readonly roots?: JsonObject[];
  /** Set when the operation is only planned. */
  readonly rehearsal?: Rehearsal;
}

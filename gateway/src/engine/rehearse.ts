import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Logger } from '@supergraph/platform/telemetry';
import { Kind, parse } from 'graphql';

import { createGraphqlServer } from '../graphql-server.ts';
import { roles } from '../roles.ts';
import type { LoadedSupergraph } from './load-supergraph.ts';
import type { Rehearsal } from './rehearsal.ts';
import { sampleVariables } from './sample-variables.ts';
import { serveSupergraph } from './served-supergraph.ts';

/** An operation that clients are known to send. */
export interface KnownOperation {
  readonly name: string;
  readonly body: string;
}

/** What became of an operation in a rehearsal: how many fetches its plan has, null when there is no plan. */
export interface RehearsedOperation {
  readonly operation: KnownOperation;
  readonly fetches: number | null;
}

/** Who nobody is, as far as a plan is concerned. */
const contextOf = (supergraph: LoadedSupergraph, rehearsal: Rehearsal) => ({
  viewer: null,
  ownLineIds: null,
  role: roles.ANONYMOUS,
  contract: supergraph.schema,
  supergraph,
  locale: 'en' as const,
  requestId: 'rehearsal',
  client: { address: '', userAgent: null },
  isMutation: false,
  dueAtMs: 0,
  clientGone: new AbortController().signal,
  rehearsal,
});

/**
 * Validates and plans operations on a supergraph that does not serve anybody yet, without a fetch. It keeps the plans, so
 * that the first client does not wait for them.
 */
export async function rehearse(
  supergraph: LoadedSupergraph,
  operations: readonly KnownOperation[],
  log: Logger,
): Promise<readonly RehearsedOperation[]> {
  const stage = createGraphqlServer({
    supergraph: { ...serveSupergraph(supergraph), stop: () => Promise.resolve() },
    hasSandbox: false,
    log,
  });
  await stage.start();
  try {
    const outcomes: RehearsedOperation[] = [];
    for (const operation of operations) {
      // nothing here waits for anything else, and others are being served meanwhile
      await nextTurn();
      const rehearsal: Rehearsal = { fetches: null };
      const definition = parse(operation.body).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const variables =
        definition?.kind === Kind.OPERATION_DEFINITION ? sampleVariables(supergraph.schema, definition) : {};
      await stage.executeOperation(
        { query: operation.body, variables },
        { contextValue: contextOf(supergraph, rehearsal) },
      );
      outcomes.push({ operation, fetches: rehearsal.fetches });
    }
    return outcomes;
  } finally {
    await stage.stop();
  }
}

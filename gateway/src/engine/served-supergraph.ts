import type { ApolloServerOptionsWithGateway } from '@apollo/server';

import type { GatewayContext } from '../request-context.ts';
import type { Execute } from './guard-execution.ts';
import type { LoadedSupergraph } from './load-supergraph.ts';

/** What @apollo/server asks of a gateway. */
type GatewayInterface = ApolloServerOptionsWithGateway<GatewayContext>['gateway'];
type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/** The supergraph that requests run on now, and its replacement while they do. */
export interface ServedSupergraph extends GatewayInterface {
  current(): LoadedSupergraph;
  /** From now on requests begin on this one; those under way end on the one they began on. Answers with the old one. */
  swap(next: LoadedSupergraph): LoadedSupergraph;
}

/** Serves a loaded supergraph to @apollo/server, and whichever is swapped in after it. */
export function serveSupergraph(first: LoadedSupergraph): ServedSupergraph {
  let current = first;
  const listeners = new Set<Listener>();

  const tell = (listener: Listener) => {
    listener({ apiSchema: current.schema, coreSupergraphSdl: current.sdl });
  };
  const executor: Execute = (run) => (run.context as GatewayContext).supergraph.execute(run);

  return {
    current: () => current,
    swap: (next) => {
      const previous = current;
      current = next;
      for (const listener of listeners) tell(listener);
      return previous;
    },
    onSchemaLoadOrUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    load: () => {
      for (const listener of listeners) tell(listener);
      return Promise.resolve({ executor });
    },
    stop: () => current.stop(),
  };
}

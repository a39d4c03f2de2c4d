import { createLifecycle, type Lifecycle } from '@supergraph/platform/server';
import { createGuard, type Circuits } from '@supergraph/platform/resilience';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { FetchObserver } from '../metrics/observers.ts';
import type { LongWaits } from '../overload/long-waits.ts';
import { connectionsFor, policyOf, peacefulEndMs, type SubgraphPolicy } from '../subgraph-policy.ts';
import type { Subgraph } from '../supergraph.ts';
import { createAbsence, outwaitAbsence } from './absence.ts';
import { connectTo, type Connection, type RawAnswer, type SubgraphTls } from './connection.ts';
import { createGuardedExchange, type GuardedExchange } from './guarded-exchange.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createSharedFlights, type SharedFlights } from './shared-flights.ts';
import { within } from './within.ts';

/** How to reach one subgraph. */
export interface Way {
  readonly policy: SubgraphPolicy;
  /** For fetches: bounded, guarded, retried where that is safe. */
  readonly exchange: GuardedExchange;
  /** Fetches under way to any subgraph: a change at one may be seen at another. */
  readonly flights: SharedFlights<RawAnswer>;
  /** For questions beside the graph, each answered in a second once the subgraph is there. */
  readonly desk: Connection;
  /** As it is, for whoever wants to know whether the subgraph is there. */
  readonly connection: Connection;
}

/** The ways to all subgraphs, also while the supergraph is replaced. */
export interface Ways {
  /** The way to a subgraph at its address, made when it is first asked for; no connection is opened before it is needed. */
  to(subgraph: Subgraph): Way;
  /** From now on these subgraphs are served. Ways to others are closed once nothing can be under way on them. */
  serve(subgraphs: readonly Subgraph[]): void;
  /** The desk of a subgraph, wherever it is served from. Asking rejects when it is not served. */
  deskOf(name: string): Pick<Connection, 'exchange'>;
  /** Of the subgraphs that are served, by name. */
  connections(): Readonly<Record<string, Connection>>;
  close(): Promise<void>;
}

interface Means {
  readonly queryTimeoutMs: number;
  readonly tls: SubgraphTls;
  readonly fetched: FetchObserver;
  readonly circuits: Circuits;
  readonly longWaits: LongWaits;
  /** How long a question beside the graph may take once the subgraph is there (default: a second). */
  readonly deskTimeoutMs?: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

const usualDeskTimeoutMs = SECOND_MS;

const hasty = (connection: Connection, timeoutMs = usualDeskTimeoutMs): Connection => ({
  ...connection,
  exchange: ({ signal, ...request }) =>
    within({ timeoutMs, outer: signal }, (inTime) => connection.exchange({ ...request, signal: inTime })),
});

function wayTo(
  { name, url }: Subgraph,
  label: string,
  means: Means & Pick<Way, 'flights'> & { readonly life: Lifecycle },
): Way {
  const { circuits, longWaits, clock, random, life } = means;
  const policy = policyOf(name, means.queryTimeoutMs);
  const { places, breaker, maxAnswerBytes } = policy;
  const connection = life.own(
    connectTo(new URL(url).origin, { maxConnections: connectionsFor(policy), maxAnswerBytes, tls: means.tls }),
    (open) => open.close(),
  );
  const absence = life.own(createAbsence(connection, { policy: policy.absence, random }), (watch) => {
    watch.close();
  });
  const guardOf = (kind: 'query' | 'mutation') =>
    life.own(
      createGuard({
        name: `${label} ${kind}`,
        policy: { timeoutMs: policy[`${kind}TimeoutMs`], bulkhead: places[kind], breaker },
        circuits,
        clock,
      }),
      (guard) => {
        guard.dispose();
      },
    );
  const guarded = createGuardedExchange({
    connection: outwaitAbsence(connection, absence),
    guards: { query: guardOf('query'), mutation: guardOf('mutation') },
    retries: createRetryBudget(policy.retryPercent / 100),
    random,
  });
  const exchange: GuardedExchange = (request, terms) => {
    const startedAtMs = performance.now();
    const asked = longWaits.during(guarded(request, terms));
    const endedWith = (isAnswered: boolean) => () => {
      const tookMs = performance.now() - startedAtMs;
      means.fetched({ subgraph: name, isMutation: terms.isMutation, isAnswered, tookMs });
    };
    asked.then(endedWith(true), endedWith(false));
    return asked;
  };
  return {
    policy,
    exchange,
    flights: means.flights,
    desk: outwaitAbsence(hasty(connection, means.deskTimeoutMs), absence),
    connection,
  };
}

interface OpenWay {
  readonly subgraph: Subgraph;
  readonly way: Way;
  readonly life: Lifecycle;
}

/** Prepares the ways to subgraphs. */
export function connectSubgraphs(means: Means): Ways {
  const open = new Map<string, OpenWay>();
  const ending = new Map<OpenWay, NodeJS.Timeout>();
  const flights = createSharedFlights<RawAnswer>();
  let served: readonly Subgraph[] = [];
  let made = 0;

  const keyOf = ({ name, url }: Subgraph) => `${name} ${url}`;

  function openTo(subgraph: Subgraph): OpenWay {
    const known = open.get(keyOf(subgraph));
    if (known !== undefined) return known;
    const life = createLifecycle();
    const isNameTaken = [...open.values(), ...ending.keys()].some((other) => other.subgraph.name === subgraph.name);
    made += 1;
    const label = isNameTaken ? `${subgraph.name}#${String(made)}` : subgraph.name;
    const opened = { subgraph, way: wayTo(subgraph, label, { ...means, flights, life }), life };
    open.set(keyOf(subgraph), opened);
    return opened;
  }

  function endInPeace(way: OpenWay): void {
    open.delete(keyOf(way.subgraph));
    const timer = setTimeout(() => {
      ending.delete(way);
      void way.life.close();
    }, peacefulEndMs);
    ending.set(way, timer.unref());
  }

  const servedAt = (name: string): Connection | null => {
    const subgraph = served.find((each) => each.name === name);
    return subgraph === undefined ? null : openTo(subgraph).way.desk;
  };

  return {
    to: (subgraph) => openTo(subgraph).way,
    serve: (subgraphs) => {
      served = subgraphs;
      const kept = new Set(subgraphs.map(keyOf));
      for (const way of open.values()) if (!kept.has(keyOf(way.subgraph))) endInPeace(way);
    },
    deskOf: (name) => ({
      exchange: async (request) => {
        const desk = servedAt(name);
        if (desk === null) throw new Error(`the supergraph has no subgraph ${name}`);
        return await desk.exchange(request);
      },
    }),
    connections: () => Object.fromEntries(served.map((each) => [each.name, openTo(each).way.connection])),
    close: async () => {
      for (const timer of ending.values()) clearTimeout(timer);
      await Promise.all([...open.values(), ...ending.keys()].map(({ life }) => life.close()));
    },
  };
}

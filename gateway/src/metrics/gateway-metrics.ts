import { monitorEventLoopDelay } from 'node:perf_hooks';

import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { FetchObserver, RequestObserver } from './observers.ts';

/** What the process knows of itself when it is asked. */
export interface Readings {
  /** The state of each circuit by name. */
  readonly circuits: () => ReadonlyMap<string, string>;
  /** Requests in flight. */
  readonly inFlight: () => number;
  /** When the gateway's own certificate ends; null without one. */
  readonly certificateExpiresAt: () => Date | null;
}

/** Everything that is counted and measured; no label tells who asked, or for what. */
export interface GatewayMetrics {
  readonly answered: RequestObserver;
  readonly fetched: FetchObserver;
  readonly limited: (limit: string, isGranted: boolean) => void;
  readonly connectionRefused: () => void;
  /** All of it in the text format of Prometheus. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
  close(): void;
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const circuitStates = ['closed', 'half-open', 'open'] as const;
const nanosecondsInSecond = 1e9;
const loopResolutionMs = 20;

/** Makes the metrics of one gateway; several in one process do not mix. */
export function createGatewayMetrics(read: Readings): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'gateway_requests_total',
    help: 'Requests to the graph, by kind, HTTP status and the code of their first error (OK without one).',
    labelNames: ['kind', 'status', 'code'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'gateway_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['kind'],
    buckets: secondsBuckets,
    registers,
  });
  const fetches = new Counter({
    name: 'gateway_subgraph_fetches_total',
    help: 'Fetches from subgraphs, by whether an answer came.',
    labelNames: ['subgraph', 'kind', 'outcome'],
    registers,
  });
  const fetchSeconds = new Histogram({
    name: 'gateway_subgraph_fetch_duration_seconds',
    help: 'Time that fetches from subgraphs took, waiting for a place included.',
    labelNames: ['subgraph', 'kind'],
    buckets: secondsBuckets,
    registers,
  });
  const limits = new Counter({
    name: 'gateway_rate_limit_decisions_total',
    help: 'Decisions of rate limits.',
    labelNames: ['limit', 'decision'],
    registers,
  });
  const refusedConnections = new Counter({
    name: 'gateway_connections_refused_total',
    help: 'Connections closed because their address held too many.',
    registers,
  });
  const loop = addProcessGauges(registers);
  addReadings(read, registers);

  return {
    answered: ({ kind, status, code, tookMs }) => {
      requests.inc({ kind, status, code: code ?? 'OK' });
      requestSeconds.observe({ kind }, tookMs / SECOND_MS);
    },
    fetched: ({ subgraph, isMutation, isAnswered, tookMs }) => {
      const kind = isMutation ? 'change' : 'read';
      fetches.inc({ subgraph, kind, outcome: isAnswered ? 'answered' : 'failed' });
      fetchSeconds.observe({ subgraph, kind }, tookMs / SECOND_MS);
    },
    limited: (limit, isGranted) => {
      limits.inc({ limit, decision: isGranted ? 'granted' : 'refused' });
    },
    connectionRefused: () => {
      refusedConnections.inc();
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    close: () => {
      loop.disable();
      registry.clear();
    },
  };
}

function addReadings(read: Readings, registers: Registry[]): void {
  const circuits = new Gauge({
    name: 'gateway_circuit_state',
    help: 'The state that each circuit is in: 1 for that one, 0 for the others.',
    labelNames: ['circuit', 'state'],
    registers,
    collect: () => {
      for (const [circuit, now] of read.circuits()) {
        for (const state of circuitStates) circuits.set({ circuit, state }, state === now ? 1 : 0);
      }
    },
  });
  const inFlight = new Gauge({
    name: 'gateway_requests_in_flight',
    help: 'Requests to the graph that are not answered yet.',
    registers,
    collect: () => {
      inFlight.set(read.inFlight());
    },
  });
  const expiry = new Gauge({
    name: 'gateway_certificate_expires_seconds',
    help: 'When the certificate of the gateway ends, in seconds since 1970; none without a certificate.',
    labelNames: ['of'],
    registers,
    collect: () => {
      const expiresAt = read.certificateExpiresAt();
      if (expiresAt !== null) expiry.set({ of: 'gateway' }, expiresAt.getTime() / SECOND_MS);
    },
  });
}

/** Under the names that dashboards for Node know. */
function addProcessGauges(registers: Registry[]) {
  const delays = monitorEventLoopDelay({ resolution: loopResolutionMs });
  delays.enable();
  let resetAtMs = performance.now();
  const lag = new Gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'How late the event loop was, in 99 of 100 cases at most, over the last minute or less.',
    registers,
    collect: () => {
      lag.set(Math.max(0, delays.percentile(99) / nanosecondsInSecond - loopResolutionMs / SECOND_MS));
      if (performance.now() - resetAtMs < MINUTE_MS) return;
      delays.reset();
      resetAtMs = performance.now();
    },
  });
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect: () => {
      memory.set(process.memoryUsage.rss());
    },
  });
  const processor = new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    registers,
    collect: () => {
      const { user, system } = process.cpuUsage();
      processor.set((user + system) / 1e6);
    },
  });
  return delays;
}

import type { Adapter } from './adapters/adapter.ts';
import { kos } from './adapters/kos.ts';
import { mvnoAp } from './adapters/mvno-ap.ts';
import { postgres, postgresTools } from './adapters/postgres.ts';
import { broker } from './adapters/rabbit.ts';
import { redis } from './adapters/redis.ts';
import { subgraphs } from './adapters/subgraphs.ts';
import { supergraph } from './adapters/supergraph.ts';

/** Tried one after another, since making a gateway or a Prisma client takes the processor from whoever is being timed. */
export const stages: readonly (readonly Adapter[])[] = [
  [subgraphs],
  [postgres],
  [redis, postgresTools, kos, mvnoAp, broker, supergraph],
];

/** Everything that reaches out to another process. */
export const adapters: readonly Adapter[] = stages.flat();

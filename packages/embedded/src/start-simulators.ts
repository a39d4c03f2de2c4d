import { readKosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator, type KosSimulator } from '@supergraph/kos-simulator/simulator';
import { readMvnoApConfig } from '@supergraph/mvno-ap-simulator/config';
import { createMvnoApSimulator, type MvnoApSimulator } from '@supergraph/mvno-ap-simulator/simulator';
import type { Lifecycle } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';

import type { EmbeddedConfig } from './config.ts';
import type { Ports } from './ports.ts';

/** KOS and the MVNO AP server: ours to play with, or real ones elsewhere (then null). */
export interface Simulators {
  readonly kosUrl: string;
  readonly mvnoApUrl: string;
  readonly kos: KosSimulator | null;
  readonly mvnoAp: MvnoApSimulator | null;
  readonly addresses: Readonly<Record<string, string>>;
}

/** Starts a stand-in for each system that no address is given for. */
export async function startSimulators(options: {
  readonly config: EmbeddedConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly life: Lifecycle;
}): Promise<Simulators> {
  const { config, dataDir, ports, clock, life } = options;
  const text = (port: number): string => String(port);
  const environment = {
    ...options.environment,
    KOS_PORT: text(ports.KOS_PORT),
    KOS_ADMIN_PORT: text(ports.KOS_ADMIN_PORT),
    KOS_DATA_DIR: `${dataDir}/kos`,
    MVNO_AP_PORT: text(ports.MVNO_AP_PORT),
    MVNO_AP_ADMIN_PORT: text(ports.MVNO_AP_ADMIN_PORT),
    MVNO_AP_DATA_DIR: `${dataDir}/mvno-ap`,
  };
  const close = (simulator: { close(): Promise<void> }) => simulator.close();

  const kos = config.KOS_URL === undefined ? createKosSimulator(readKosConfig(environment), { clock }) : null;
  const mvnoAp =
    config.MVNO_AP_URL === undefined ? createMvnoApSimulator(readMvnoApConfig(environment), { clock }) : null;
  const kosAt = await (kos === null ? null : life.own(kos, close).listen());
  const mvnoApAt = await (mvnoAp === null ? null : life.own(mvnoAp, close).listen());

  return {
    kos,
    mvnoAp,
    kosUrl: kosAt?.url ?? config.KOS_URL ?? '',
    mvnoApUrl: mvnoApAt?.url ?? config.MVNO_AP_URL ?? '',
    addresses: {
      ...(kosAt !== null && { KOS: kosAt.url, 'KOS admin': kosAt.adminUrl }),
      ...(mvnoApAt !== null && { 'MVNO AP': mvnoApAt.url, 'AP admin': mvnoApAt.adminUrl }),
    },
  };
}

import { createServer } from 'node:net';

import { PortTaken } from '@supergraph/platform/server';

import type { EmbeddedConfig } from './config.ts';

/** Which setting moves a part, and where it listens by habit. */
const usualPorts = {
  GATEWAY_PORT: { service: 'the gateway', port: 4000 },
  GATEWAY_ADMIN_PORT: { service: 'the gateway’s admin door', port: 4100 },
  AUTH_PORT: { service: 'auth', port: 4001 },
  BILLING_PORT: { service: 'billing', port: 4002 },
  PRODUCT_PORT: { service: 'product', port: 4003 },
  KOS_PORT: { service: 'the KOS simulator', port: 4010 },
  KOS_ADMIN_PORT: { service: 'the KOS simulator’s admin door', port: 4011 },
  MVNO_AP_PORT: { service: 'the MVNO AP simulator', port: 4020 },
  MVNO_AP_ADMIN_PORT: { service: 'the MVNO AP simulator’s admin door', port: 4021 },
  POSTGRES_PORT: { service: 'PostgreSQL', port: 4432 },
} as const;

type PortVariable = keyof typeof usualPorts;

/** The port of every part. */
export type Ports = Readonly<Record<PortVariable, number>>;

const host = '127.0.0.1';
/** A free port may be one that another part has just been given; it is seldom so twice. */
const anyFree: readonly number[] = Array.from({ length: 10 }, () => 0);

/** Binds a port for a moment and tells which one it was (0 takes any free one); null when it is in use. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(null);
    });
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address();
      const bound = typeof address === 'object' && address !== null ? address.port : null;
      probe.close(() => {
        resolve(bound);
      });
    });
  });
}

/**
 * Chooses a port for every part: the one asked for, else the usual one, else any that is free. The gateway never moves
 * by itself. Throws PortTaken for one that was asked for and is in use.
 */
export async function choosePorts(config: EmbeddedConfig): Promise<Ports> {
  const taken = new Set<number>();
  const choose = async (variable: PortVariable): Promise<number> => {
    const { service, port: usual } = usualPorts[variable];
    const asked = config[variable];
    const wishes = asked === undefined ? [usual, ...anyFree] : asked === 0 ? anyFree : [asked];
    for (const wish of wishes) {
      const port = taken.has(wish) ? null : await tryPort(wish);
      if (port !== null && !taken.has(port)) {
        taken.add(port);
        return port;
      }
    }
    throw new PortTaken({ service, port: asked ?? usual, portVariable: variable });
  };
  return {
    GATEWAY_PORT: await choose('GATEWAY_PORT'),
    GATEWAY_ADMIN_PORT: await choose('GATEWAY_ADMIN_PORT'),
    AUTH_PORT: await choose('AUTH_PORT'),
    BILLING_PORT: await choose('BILLING_PORT'),
    PRODUCT_PORT: await choose('PRODUCT_PORT'),
    KOS_PORT: await choose('KOS_PORT'),
    KOS_ADMIN_PORT: await choose('KOS_ADMIN_PORT'),
    MVNO_AP_PORT: await choose('MVNO_AP_PORT'),
    MVNO_AP_ADMIN_PORT: await choose('MVNO_AP_ADMIN_PORT'),
    POSTGRES_PORT: await choose('POSTGRES_PORT'),
  };
}

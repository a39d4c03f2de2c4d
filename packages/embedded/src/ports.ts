import { findFreePort, isPortFree } from '@supergraph/database/processes/free-port';
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

/**
 * Chooses a port for every part: the one asked for, else the usual one, else any that is free. The gateway never moves
 * by itself. Throws PortTaken for one that was asked for and is in use.
 */
export async function choosePorts(config: EmbeddedConfig): Promise<Ports> {
  const taken = new Set<number>();
  const choose = async (variable: PortVariable): Promise<number> => {
    const { service, port: usual } = usualPorts[variable];
    const asked = config[variable];
    const named = asked ?? usual;
    if (named !== 0 && !taken.has(named) && (await isPortFree(named))) return named;
    if (asked !== undefined && asked !== 0) throw new PortTaken({ service, port: asked, portVariable: variable });
    return await findFreePort();
  };
  const take = async (variable: PortVariable): Promise<number> => {
    const port = await choose(variable);
    if (taken.has(port)) return await take(variable);
    taken.add(port);
    return port;
  };
  return {
    GATEWAY_PORT: await take('GATEWAY_PORT'),
    GATEWAY_ADMIN_PORT: await take('GATEWAY_ADMIN_PORT'),
    AUTH_PORT: await take('AUTH_PORT'),
    BILLING_PORT: await take('BILLING_PORT'),
    PRODUCT_PORT: await take('PRODUCT_PORT'),
    KOS_PORT: await take('KOS_PORT'),
    KOS_ADMIN_PORT: await take('KOS_ADMIN_PORT'),
    MVNO_AP_PORT: await take('MVNO_AP_PORT'),
    MVNO_AP_ADMIN_PORT: await take('MVNO_AP_ADMIN_PORT'),
    POSTGRES_PORT: await take('POSTGRES_PORT'),
  };
}

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { joinSockets, type Direction, type JoinedSockets } from './joined-sockets.ts';
import { createToxics } from './toxics.ts';

/** A way to a server on 127.0.0.1 that can be made bad, and good again, while connections are open. */
export interface TcpProxy {
  readonly port: number;
  /** Everything takes so much longer each way, order kept; the jitter is added by chance. */
  latency(ms: number, jitterMs?: number): void;
  /** At most so many bytes a second each way, on each connection. */
  bandwidth(bytesPerSecond: number): void;
  /** Nothing travels in pieces of more than so many bytes, with a wait between two. */
  slice(bytes: number, delayMs: number): void;
  /** Breaks every connection, open or to come, once so many more bytes have gone that way. */
  resetAfter(bytes: number, direction?: Direction): void;
  /** Accepts, and passes nothing; what is held back goes on its way when this ends. */
  hang(): void;
  /** Breaks what is open and refuses what comes, as a server that is gone. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Breaks what is open; from now on the way leads to another port. */
  redirect(port: number): void;
  /** Ends every toxic but `down`. */
  clear(): void;
  /** Connections whose near side is still there. */
  openConnections(): number;
  close(): Promise<void>;
}

export type { Direction };

/** Starts a proxy on a free port, before the server at `port` (which need not be there yet). */
export async function startTcpProxy(to: { readonly port: number; readonly random?: () => number }): Promise<TcpProxy> {
  const toxics = createToxics();
  const open = new Set<JoinedSockets>();
  let target = to.port;

  const accept = (near: Socket): void => {
    const joined = joinSockets({ near, port: target, toxics, random: to.random ?? Math.random });
    open.add(joined);
    void joined.ended.then(() => open.delete(joined));
  };
  let server = await listen(accept, 0);
  const port = portOf(server);

  const breakAll = (): void => {
    for (const joined of open) joined.reset();
  };

  async function down(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    breakAll();
    await closed;
  }

  return {
    port,
    latency: (ms, jitterMs = 0) => {
      toxics.set({ latency: { ms, jitterMs } });
    },
    bandwidth: (bytesPerSecond) => {
      toxics.set({ bytesPerSecond });
    },
    slice: (bytes, delayMs) => {
      toxics.set({ slice: { bytes, delayMs } });
    },
    resetAfter: (bytes, direction = 'to-client') => {
      toxics.set({ reset: { bytes, direction } });
    },
    hang: () => {
      toxics.set({ isHanging: true });
    },
    down,
    async up() {
      if (!server.listening) server = await listen(accept, port);
    },
    redirect(port) {
      target = port;
      breakAll();
    },
    clear: () => {
      toxics.clear();
    },
    openConnections: () => [...open].filter((joined) => joined.isNearOpen()).length,
    close: down,
  };
}

async function listen(accept: (near: Socket) => void, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const isTcp = (address: ReturnType<Server['address']>): address is AddressInfo =>
  typeof address === 'object' && address !== null;

/** The port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (!isTcp(address)) throw new Error('A TCP server has no port');
  return address.port;
}

import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';

import { SECOND_MS } from '../time/index.ts';

/** Leaves time to close databases in order before the process ends. */
const usualCutMs = 12 * SECOND_MS;
/** A connection that never said anything, as browsers open them ahead, gets this long to say it after all. */
const silenceMs = 250;

/** How a server stops, in milliseconds from the first sign of it. */
export interface DrainPolicy {
  /** How long it goes on accepting, so that a balancer notices that it is not ready. */
  readonly delayMs: number;
  /** When connections are cut whatever is under way on them (default 12 s). */
  readonly cutMs?: number;
}

/** Whether a server has begun to stop. */
export interface Draining {
  isUnderWay(): boolean;
}

/**
 * Makes `app.close()` fail nobody: the server goes on accepting for a while, then finishes what is under way. Every
 * answer meanwhile is the last on its connection.
 */
export function drainOnClose(app: FastifyInstance, { delayMs, cutMs = usualCutMs }: DrainPolicy): Draining {
  const sockets = new Set<Socket>();
  let isUnderWay = false;

  app.server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isUnderWay) void reply.header('connection', 'close');
    done(null, payload);
  });

  // Fastify closes its server, and the idle connections with it, once this hook is done.
  app.addHook('preClose', async () => {
    isUnderWay = true;
    const { server } = app;
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, cutMs);
    if (server.listening) await pause(delayMs);
    const hush = setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, silenceMs);
    server.once('close', () => {
      clearTimeout(cut);
      clearTimeout(hush);
    });
  });

  return { isUnderWay: () => isUnderWay };
}

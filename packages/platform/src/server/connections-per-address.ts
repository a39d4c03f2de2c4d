import type { Server } from 'node:net';

import { addressKeyOf } from '../rate-limit/index.ts';

/**
 * Bounds how many connections one address holds, of IPv6 one network: more are closed as soon as they are made, before a
 * byte is read of them. Addresses that speak for many are not counted.
 */
export function boundConnectionsPerAddress(
  server: Server,
  options: {
    readonly most: number;
    readonly speaksForMany: (address: string) => boolean;
    readonly refused?: (() => void) | undefined;
  },
): void {
  const counts = new Map<string, number>();
  server.on('connection', (socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined || options.speaksForMany(address)) return;
    const key = addressKeyOf(address);
    const count = (counts.get(key) ?? 0) + 1;
    if (count > options.most) {
      options.refused?.();
      socket.destroy();
      return;
    }
    counts.set(key, count);
    socket.once('close', () => {
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    });
  });
}

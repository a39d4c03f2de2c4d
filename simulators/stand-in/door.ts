import type { Server } from 'node:http';

/** A listening address that can be shut and opened again on the same port, as when a system is stopped and restarted. */
export interface Door {
  open(): Promise<string>;
  shut(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

export function createDoor(server: Server, { host, port }: Address): Door {
  let currentPort = port;
  return {
    async open() {
      if (!server.listening) currentPort = await listen(server, { host, port: currentPort });
      return `http://${host}:${currentPort}`;
    },
    async shut() {
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, address: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : address.port);
    });
  });
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A port at which nothing ever answers. */
export interface BlackHole {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes every connection, reads what is sent, and never says a word. */
export async function startSilentServer(): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const listening = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  console.log(this.address().port);
});`;
/** A connection on the loopback is made in less, if it is made. */
const connectedWithinMs = 500;
const mostWaiting = 32;

/** Does not even take connections: its process stands still, and all places before its door are taken. */
export async function startFullServer(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const port = Number(line);
  child.kill('SIGSTOP');

  const waiting: Socket[] = [];
  let isFull = false;
  while (!isFull && waiting.length < mostWaiting) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    waiting.push(socket);
    isFull = !(await isConnected(socket));
  }
  if (!isFull) throw new Error('the server takes everybody');
  return {
    port,
    async close() {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function isConnected(socket: Socket): Promise<boolean> {
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectedWithinMs) });
    return true;
  } catch {
    return false;
  }
}

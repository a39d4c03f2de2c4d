import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { createLogger } from '../telemetry/index.ts';
import { createHttpServer, type HttpServerOptions } from './http-server.ts';

const times = { headMs: 400, requestMs: 800, idleMs: 300, silenceMs: 700, lookEveryMs: 50 } as const;
/** What a busy machine adds to a deadline. */
const lateMs = 4_000;
const large = 'x'.repeat(32 * 1_024 * 1_024);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aServer(options: Partial<HttpServerOptions> = {}): Promise<number> {
  const { port } = await aServerWithConnections(options);
  return port;
}

async function aServerWithConnections(options: Partial<HttpServerOptions> = {}) {
  const app = createHttpServer({
    log: createLogger({ service: 'test', level: 'silent' }),
    maxBodyBytes: 1_000,
    readiness: () => Promise.resolve({}),
    times,
    ...options,
  });
  app.post('/echo', ({ body }) => body);
  app.get('/large', () => large);
  closers.push(() => app.close());
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const connections = () =>
    new Promise<number>((resolve) => {
      app.server.getConnections((_error, count) => {
        resolve(count);
      });
    });
  return { port, connections };
}

/** Waits for an event; a connection that is cut while something is being sent fails first, which is no matter here. */
const happens = (socket: Socket, event: 'close' | 'data'): Promise<void> =>
  new Promise((resolve) => {
    socket.once(event, () => {
      resolve();
    });
  });

/** A connection, what came over it, and when it ended. */
function aClient(port: number) {
  const startedAtMs = performance.now();
  const socket: Socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let received = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (received += piece));
  closers.push(() => socket.destroy());
  return {
    socket,
    received: () => received,
    /** How long after it was opened it was closed from the other side. */
    closedAfterMs: happens(socket, 'close').then(() => performance.now() - startedAtMs),
    /** Sends a text again and again until nobody takes it any more. */
    trickle: async (piece: string) => {
      while (!socket.destroyed) {
        socket.write(piece);
        await pause(50);
      }
    },
  };
}

const expectCutAfter = (tookMs: number, deadlineMs: number) => {
  expect(tookMs).toBeGreaterThanOrEqual(deadlineMs - 20);
  expect(tookMs).toBeLessThan(deadlineMs + lateMs);
};

describe('A client that is slow', () => {
  it('to say anything is cut off when a head would be due', async () => {
    const client = aClient(await aServer());
    expectCutAfter(await client.closedAfterMs, times.headMs);
  });

  it('to send its head is told so and cut off, however steadily it sends', async () => {
    const client = aClient(await aServer());
    client.socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n');
    void client.trickle('a: b\r\n');
    expectCutAfter(await client.closedAfterMs, times.headMs);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 [^]*content-type: application\/json/);
  });

  it('to send its body is told so and cut off, however steadily it sends', async () => {
    const client = aClient(await aServer());
    client.socket.write(
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n"',
    );
    void client.trickle('x');
    expectCutAfter(await client.closedAfterMs, times.requestMs);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('to ask again loses its connection', async () => {
    const client = aClient(await aServer());
    client.socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    expectCutAfter(await client.closedAfterMs, times.idleMs);
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('to read its answer does not keep it for ever', async () => {
    const { port, connections } = await aServerWithConnections();
    const client = aClient(port);
    await once(client.socket, 'connect');
    client.socket.pause().write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
    const lastMs = performance.now() + times.silenceMs + 5 * lateMs;
    while ((await connections()) > 0 && performance.now() < lastMs) await pause(20);
    client.socket.resume();
    await client.closedAfterMs;
    expect(client.received().length).toBeLessThan(large.length);
  });

  it('holds nobody else up', async () => {
    const port = await aServer();
    for (let nth = 0; nth < 200; nth += 1) void aClient(port).trickle('GET /livez HTTP/1.1\r\na:');
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });
});

describe('An address that holds many connections', () => {
  const ask = 'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n';
  const patient = { ...times, idleMs: 30_000, headMs: 30_000, requestMs: 30_000 };

  async function answered(client: ReturnType<typeof aClient>): Promise<boolean> {
    client.socket.write(ask);
    await Promise.race([happens(client.socket, 'data'), client.closedAfterMs]);
    return client.received().startsWith('HTTP/1.1 200');
  }

  it('gets no more of them than it may, and another when one has ended', async () => {
    let refused = 0;
    const port = await aServer({
      times: patient,
      maxConnectionsPerAddress: 3,
      connectionRefused: () => (refused += 1),
    });
    const held = [aClient(port), aClient(port), aClient(port)];
    for (const client of held) expect(await answered(client)).toBe(true);
    expect([await answered(aClient(port)), refused]).toEqual([false, 1]);
    held[0]?.socket.destroy();
    await held[0]?.closedAfterMs;
    let isLetIn = false;
    for (const lastMs = performance.now() + lateMs; !isLetIn && performance.now() < lastMs;) {
      isLetIn = await answered(aClient(port));
    }
    expect(isLetIn).toBe(true);
  });

  it('gets as many as it likes when it is a proxy of ours', async () => {
    const port = await aServer({
      times: patient,
      maxConnectionsPerAddress: 1,
      isTrustedProxy: (address) => address === '127.0.0.1',
    });
    for (const client of [aClient(port), aClient(port), aClient(port)]) expect(await answered(client)).toBe(true);
  });
});

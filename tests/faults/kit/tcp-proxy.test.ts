import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { portOf, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

describe('a way that can be made bad', () => {
  let server: Server;
  let proxy: TcpProxy;
  let heardByServer: string;
  const clients: Socket[] = [];

  beforeEach(async () => {
    heardByServer = '';
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (said) => {
        heardByServer += said.toString();
        socket.write(said);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startTcpProxy({ port: portOf(server), random: () => 0.5 });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    server.close();
  });

  async function aClient() {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    let heard = '';
    let pieces = 0;
    const broken = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? '');
      });
    });
    socket.on('data', (said) => {
      heard += said.toString();
      pieces += 1;
    });
    await Promise.race([once(socket, 'connect'), broken]);
    return {
      socket,
      broken,
      pieces: () => pieces,
      /** Milliseconds until the echo is whole. */
      async say(text: string): Promise<number> {
        const [startedAt, wanted] = [performance.now(), heard.length + text.length];
        socket.write(text);
        await eventually(() => heard.length >= wanted);
        return performance.now() - startedAt;
      },
    };
  }

  it('carries bytes both ways and counts who is connected', async () => {
    const [one, other] = [await aClient(), await aClient()];
    await one.say('hello');
    await other.say('x'.repeat(3_000_000));
    expect(proxy.openConnections()).toBe(2);
    one.socket.end();
    await eventually(() => proxy.openConnections() === 1);
  });

  it('is slow each way, on open connections too, and quick again when cleared', async () => {
    const client = await aClient();
    await client.say('quick');
    proxy.latency(100, 100);
    expect(await client.say('slow')).toBeGreaterThanOrEqual(295);
    proxy.latency(60_000);
    proxy.clear();
    await client.say('quick');
  });

  it('passes nothing while it hangs, and everything afterwards', async () => {
    const client = await aClient();
    proxy.hang();
    const late = await aClient();
    const said = Promise.all([client.say('early'), late.say('late')]);
    await client.say('').catch(() => undefined);
    await eventually(() => proxy.openConnections() === 2);
    expect(heardByServer).toBe('');
    proxy.clear();
    await said;
    expect(heardByServer).toHaveLength('earlylate'.length);
  });

  it('lets somebody leave who has waited long enough', async () => {
    proxy.hang();
    const client = await aClient();
    client.socket.write('anybody there?');
    client.socket.destroy();
    await eventually(() => proxy.openConnections() === 0);
  });

  it('refuses while it is down, breaks what was open, and comes back at the same port', async () => {
    const client = await aClient();
    await proxy.down();
    expect(await client.broken).toBe('ECONNRESET');
    expect(await (await aClient()).broken).toBe('ECONNREFUSED');
    await proxy.up();
    await (await aClient()).say('again');
  });

  it('can lead elsewhere, as after a failover', async () => {
    const elsewhere = createServer((socket) => socket.on('error', () => undefined).end('elsewhere'));
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    const client = await aClient();
    await eventually(() => proxy.openConnections() === 1);
    proxy.redirect(portOf(elsewhere));
    expect(await client.broken).toBe('ECONNRESET');
    expect(await (await aClient()).say('')).toBeLessThan(10_000);
    elsewhere.close();
  });

  it('breaks after so many bytes of a request, which then have arrived, or of an answer', async () => {
    const asking = await aClient();
    await asking.say('before');
    proxy.resetAfter(4, 'to-server');
    asking.socket.write('question');
    expect(await asking.broken).toMatch(/ECONNRESET|EPIPE/);
    await eventually(() => heardByServer === 'beforeques');

    proxy.clear();
    const answered = await aClient();
    proxy.resetAfter(3);
    answered.socket.write('answer');
    expect(await answered.broken).toBe('ECONNRESET');
    await eventually(() => heardByServer.endsWith('answer'));
  });

  it('cuts what travels into pieces, and lets no more through than it is told', async () => {
    const client = await aClient();
    proxy.slice(2, 5);
    await client.say('a text in pieces');
    expect(client.pieces()).toBeGreaterThan(4);
    proxy.clear();
    proxy.bandwidth(1_000);
    expect(await client.say('x'.repeat(100))).toBeGreaterThanOrEqual(190);
  });
});

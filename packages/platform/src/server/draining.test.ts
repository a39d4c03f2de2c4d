import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';

import { createLogger } from '../telemetry/index.ts';
import { drainOnClose } from './draining.ts';
import { createHttpServer } from './http-server.ts';
import { createLifecycle } from './lifecycle.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Reply {
  readonly status: number;
  readonly connection: string | undefined;
  readonly text: string;
}

const get = (url: string, agent: Agent | false = false): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asking = request(url, { agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection, text });
      });
    });
    asking.on('error', reject).end();
  });

/** A server whose `/slow` answers when told. */
async function aServer(drainDelayMs = 0) {
  const app = createHttpServer({
    log: createLogger({ service: 'test', level: 'silent' }),
    maxBodyBytes: 1_000,
    readiness: () => Promise.resolve({}),
    drainDelayMs,
  });
  const slow = new EventEmitter();
  app.get('/fast', () => 'fast');
  app.get('/slow', async () => {
    slow.emit('arrived');
    await once(slow, 'told to answer');
    slow.emit('answered');
    return 'slow';
  });
  closers.push(() => app.close());
  return { app, url: await startOf(app), slow };
}

const startOf = (app: FastifyInstance) => app.listen({ host: '127.0.0.1', port: 0 });

describe('A server that stops', () => {
  it('is not ready at once, and goes on answering for a while, each connection once more', async () => {
    const { app, url } = await aServer(3_000);
    const keptAlive = new Agent({ keepAlive: true, maxSockets: 1 });
    closers.push(() => {
      keptAlive.destroy();
    });
    expect(await get(`${url}/fast`, keptAlive)).toMatchObject({ status: 200, connection: 'keep-alive' });
    const closed = app.close();

    expect(await get(`${url}/readyz`)).toMatchObject({ status: 503, text: '{"status":"stopping"}' });
    expect(await get(`${url}/livez`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/fast`, keptAlive)).toEqual({ status: 200, connection: 'close', text: 'fast' });
    expect(await get(`${url}/fast`)).toEqual({ status: 200, connection: 'close', text: 'fast' });

    await closed;
    await expect(get(`${url}/fast`)).rejects.toThrow('ECONNREFUSED');
  });

  it('finishes what is under way before anything is closed that it needs', async () => {
    const { app, url, slow } = await aServer();
    const events: string[] = [];
    const life = createLifecycle();
    life.own('database', (name) => events.push(`${name} closed`));
    life.own(app, (open) => open.close());

    const arrived = once(slow, 'arrived');
    slow.once('answered', () => events.push('answered'));
    const reply = get(`${url}/slow`);
    await arrived;
    const closed = life.close();
    while (app.server.listening) await setImmediate();
    expect(events).toEqual([]);
    slow.emit('told to answer');

    expect(await reply).toEqual({ status: 200, connection: 'close', text: 'slow' });
    await closed;
    expect(events).toEqual(['answered', 'database closed']);
  });

  it('does not wait for connections that say nothing', async () => {
    const { app, url } = await aServer();
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    await get(`${url}/fast`);
    await Promise.all([app.close(), once(silent, 'close')]);
  });

  it('cuts what does not come to an end', async () => {
    const app = fastify();
    drainOnClose(app, { delayMs: 0, cutMs: 300 });
    app.get('/never', () => new Promise<never>(() => undefined));
    const url = await startOf(app);
    const arrived = once(app.server, 'request');
    const never = expect(get(`${url}/never`)).rejects.toThrow('socket hang up');
    await arrived;
    await app.close();
    await never;
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConnectionFailed, createJsonClient, MalformedAnswer } from './index.ts';
import type { JsonClient, JsonClientOptions, JsonRequest } from './index.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aPeer(behave: Behaviour) {
  const server: Server = createServer(behave).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, origin: originOf(server.address()) };
}

/** For whoever does not test deadlines. */
const patience = new AbortController().signal;

function originOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

function aClient(origin: string, options: Partial<JsonClientOptions> = {}): JsonClient {
  const client = createJsonClient({ origin, ...options });
  closers.push(() => client.close());
  return client;
}

async function askPeer(behave: Behaviour, request: Partial<JsonRequest> = {}) {
  const { origin } = await aPeer(behave);
  return await aClient(origin).request({ method: 'GET', path: '/', signal: patience, ...request });
}

async function failureOf(asking: Promise<unknown>): Promise<unknown> {
  return await asking.then(
    () => {
      throw new Error('the request was expected to fail');
    },
    (error: unknown) => error,
  );
}

const json = { 'content-type': 'application/json; charset=utf-8' };
const connectionsOf = async (server: Server) =>
  await new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });

describe('an answer', () => {
  it('comes with status, headers and decoded body, business refusals included', async () => {
    const answer = await askPeer((_request, response) => {
      response.writeHead(400, { ...json, 'x-trace': 'abc' }).end('{"resultCode":"E101","이름":"값"}');
    });
    expect(answer.status).toBe(400);
    expect(answer.headers['x-trace']).toBe('abc');
    expect(answer.body).toEqual({ resultCode: 'E101', 이름: '값' });
  });

  it('may have no body', async () => {
    const answer = await askPeer((_request, response) => response.writeHead(204).end());
    expect(answer).toMatchObject({ status: 204, body: undefined });
  });

  it('may be declared as a JSON dialect', async () => {
    const answer = await askPeer((_request, response) =>
      response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{"title":"no"}'),
    );
    expect(answer.body).toEqual({ title: 'no' });
  });

  it('answers what was asked: method, path, headers and JSON body arrive', async () => {
    const answer = await askPeer(
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { method, url, headers } = request;
          const echo = { method, url, trace: headers['x-trace'], type: headers['content-type'] };
          response.writeHead(200, json).end(JSON.stringify({ ...echo, body: Buffer.concat(chunks).toString() }));
        });
      },
      { method: 'POST', path: '/kos/bill?m=1', headers: { 'x-trace': 't' }, body: { 달: '7' } },
    );
    expect(answer.body).toEqual({
      method: 'POST',
      url: '/kos/bill?m=1',
      trace: 't',
      type: 'application/json',
      body: '{"달":"7"}',
    });
  });

  it('reuses its socket and never opens more than allowed', async () => {
    const { server, origin } = await aPeer((_request, response) => response.writeHead(200, json).end('1'));
    const client = aClient(origin, { connections: 2 });
    for (let round = 0; round < 5; round += 1)
      await Promise.all(
        Array.from({ length: 10 }, async () => await client.request({ method: 'GET', path: '/', signal: patience })),
      );
    expect(await connectionsOf(server)).toBe(2);
  });
});

describe('a malformed answer', () => {
  const secret = '<html>01012345678</html>';
  const cases: readonly [string, Behaviour][] = [
    ['redirected', (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    [
      'not declared as JSON',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(secret),
    ],
    ['not declared as JSON', (_request, response) => response.writeHead(502).end(secret)],
    [
      'not declared as JSON',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/jsonp' }).end('1'),
    ],
    ['not valid JSON', (_request, response) => response.writeHead(200, json).end(secret)],
    ['not valid JSON', (_request, response) => response.writeHead(200, json).end('{"line":"01012345678","cha')],
    ['not UTF-8', (_request, response) => response.writeHead(200, json).end(Buffer.from([0x22, 0xb0, 0xa1, 0x22]))],
    [
      'not UTF-8',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json;charset=EUC-KR' }).end('1'),
    ],
    ['not declared as JSON', (_request, response) => response.writeHead(200).end(Buffer.alloc(200_000, 0xff))],
    ['too large', (_request, response) => response.writeHead(200, json).end(`"${'x'.repeat(1_048_576)}"`)],
    [
      'cut off',
      (request, response) => response.writeHead(200, json).write('{"line":', () => request.socket.resetAndDestroy()),
    ],
    [
      'cut off',
      (request, response) =>
        response.writeHead(200, { ...json, 'content-length': '99' }).write('{}', () => request.socket.end()),
    ],
  ];

  it.each(cases)('is %s, which is told without its text', async (problem, behave) => {
    const failure = await failureOf(askPeer(behave));
    expect(failure).toBeInstanceOf(MalformedAnswer);
    expect(failure).toMatchObject({ problem });
    expect(String(failure)).not.toMatch(/html|0101/);
  });

  it('of endless size is given up early, and its socket closed', async () => {
    const { server, origin } = await aPeer((_request, response) => {
      response.writeHead(200, json);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    expect(await failureOf(aClient(origin).request({ method: 'GET', path: '/', signal: patience }))).toMatchObject({
      problem: 'too large',
    });
    await closed;
  });
});

describe('no answer', () => {
  it('certainly did not reach a peer that refused the connection', async () => {
    const { server, origin } = await aPeer(() => undefined);
    server.close();
    await once(server, 'close');
    const failure = await failureOf(aClient(origin).request({ method: 'POST', path: '/', body: {}, signal: patience }));
    expect(failure).toBeInstanceOf(ConnectionFailed);
    expect(failure).toMatchObject({ mayHaveReachedPeer: false, cause: { code: 'ECONNREFUSED' } });
  });

  it('certainly did not reach a peer whose name is unknown', async () => {
    const failure = await failureOf(
      aClient('http://kos.invalid').request({ method: 'POST', path: '/', body: {}, signal: patience }),
    );
    expect(failure).toMatchObject({ mayHaveReachedPeer: false });
  });

  it('certainly did not reach a peer that speaks no TLS', async () => {
    const { origin } = await aPeer(() => undefined);
    const client = aClient(origin.replace('http:', 'https:'));
    expect(await failureOf(client.request({ method: 'POST', path: '/', body: {}, signal: patience }))).toMatchObject({
      mayHaveReachedPeer: false,
    });
  });

  it('may have reached a peer that reset the connection', async () => {
    const failure = await failureOf(
      askPeer((request) => request.socket.resetAndDestroy(), { method: 'POST', body: {} }),
    );
    expect(failure).toMatchObject({ name: 'ConnectionFailed', mayHaveReachedPeer: true });
  });

  it('may have reached a peer that stays silent, whose socket is closed', async () => {
    const { server, origin } = await aPeer(() => undefined);
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const client = aClient(origin, { headersTimeoutMs: 100 });
    expect(await failureOf(client.request({ method: 'GET', path: '/', signal: patience }))).toMatchObject({
      mayHaveReachedPeer: true,
    });
    await closed;
  });

  it('after an abort closes the socket and carries the reason', async () => {
    const deadline = new AbortController();
    const late = new Error('too late');
    const { server, origin } = await aPeer(() => {
      deadline.abort(late);
    });
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const asking = aClient(origin).request({ method: 'GET', path: '/', signal: deadline.signal });
    expect(await failureOf(asking)).toMatchObject({ mayHaveReachedPeer: true, cause: late });
    await closed;
  });

  it('after an abort in the queue was not sent and never will be', async () => {
    const seen: (string | undefined)[] = [];
    const held: ServerResponse[] = [];
    const { server, origin } = await aPeer((request, response) => {
      seen.push(request.url);
      if (request.url === '/first') held.push(response);
      else response.writeHead(200, json).end('1');
    });
    const client = aClient(origin, { connections: 1 });
    const first = client.request({ method: 'GET', path: '/first', signal: patience });
    await once(server, 'request');
    const deadline = new AbortController();
    const queued = client.request({ method: 'POST', path: '/second', body: {}, signal: deadline.signal });
    deadline.abort(new Error('too late'));
    expect(await failureOf(queued)).toMatchObject({ mayHaveReachedPeer: false });
    held[0]?.writeHead(200, json).end('1');
    await first;
    await client.request({ method: 'GET', path: '/third', signal: patience });
    expect(seen).toEqual(['/first', '/third']);
  });

  it('is awaited from nobody once the deadline has passed', async () => {
    const { server, origin } = await aPeer(() => undefined);
    const asking = aClient(origin).request({ method: 'GET', path: '/', signal: AbortSignal.abort() });
    expect(await failureOf(asking)).toMatchObject({ mayHaveReachedPeer: false });
    expect(await connectionsOf(server)).toBe(0);
  });
});

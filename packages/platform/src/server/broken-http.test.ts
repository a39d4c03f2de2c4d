import { text } from 'node:stream/consumers';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';

import { createLogger } from '../telemetry/index.ts';
import { createHttpServer } from './http-server.ts';

let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  const log = createLogger({ service: 'test', level: 'silent' });
  app = createHttpServer({ log, maxBodyBytes: 1_000, readiness: () => Promise.resolve({}) });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());

/** What comes back until the server ends the connection. */
async function send(head: readonly string[]): Promise<{ readonly status: number; readonly body: unknown }> {
  const socket = connect(port, '127.0.0.1');
  socket.write([...head, '', ''].join('\r\n'));
  const answer = await text(socket);
  const [, status] = answer.split(' ', 2);
  return { status: Number(status), body: JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) };
}

const closing = 'connection: close';

describe('What is not quite HTTP', () => {
  it.each([
    ['no HTTP at all', ['hello'], 400, 'BAD_REQUEST'],
    [
      'a head that is too large',
      ['GET /livez HTTP/1.1', 'host: a', `x: ${'x'.repeat(20_000)}`],
      431,
      'PAYLOAD_TOO_LARGE',
    ],
    ['no word of which host is meant', ['GET /livez HTTP/1.1', closing], 400, 'BAD_REQUEST'],
    ['two lengths', ['POST /livez HTTP/1.1', 'host: a', 'content-length: 1', 'content-length: 2'], 400, 'BAD_REQUEST'],
  ])('(%s) is refused like any other bad request', async (_what, head, status, code) => {
    expect(await send(head)).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
  });

  it.each([
    ['an expectation nobody has heard of', ['GET /livez HTTP/1.1', 'host: a', 'expect: a miracle', closing]],
    ['HTTP/1.0, which names no host', ['GET /livez HTTP/1.0']],
  ])('(%s) is answered where it can be', async (_what, head) => {
    expect(await send(head)).toEqual({ status: 200, body: { status: 'ok' } });
  });
});

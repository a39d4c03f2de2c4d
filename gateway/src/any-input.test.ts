import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isErrorCode } from '@supergraph/platform/errors';
import fc from 'fast-check';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { errorsIn, json, leak } from './testing/bad-request.ts';
import { rawRequest } from './testing/raw-request.ts';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({ auth: { Query: { me: () => ({ id: 'usr_1' }) } } });
});
afterAll(() => g.close());

describe('Whatever is sent', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const pieces = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    'me',
    'id',
    '...',
    '@include',
    '"',
    '$a',
    ':',
    '!',
    'query',
    '#',
    '\n',
    'login',
  );
  const query = fc.oneof(
    text,
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join(' ')),
  );
  const body = fc.oneof(
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.json(),
    fc
      .record({ query, variables: fc.dictionary(fc.string(), fc.jsonValue()), operationName: fc.option(text) })
      .map((all) => JSON.stringify(all)),
  );
  const headerText = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  });
  const headers = fc.record(
    {
      'content-type': fc.oneof(fc.constant('application/json'), headerText),
      accept: headerText,
      'accept-language': headerText,
      authorization: fc.oneof(
        headerText,
        headerText.map((value) => `Bearer ${value}`),
      ),
      'user-agent': headerText,
      'x-internal-token': headerText,
      'x-request-id': headerText,
      'x-request-deadline': headerText,
      origin: headerText,
    },
    { requiredKeys: [] },
  );

  it('is answered in JSON by a code of the catalogue, and the gateway lives on', async () => {
    await fc.assert(
      fc.asyncProperty(body, headers, async (sent, with_) => {
        const reply = await rawRequest(`${g.url}/graphql`, { body: sent, headers: { ...json, ...with_ } });
        expect(reply.headers['content-type']).toMatch(/^application\/(json|graphql-response\+json); charset=utf-8$/);
        const codes = errorsIn(reply.text).map((error) => error.extensions['code']);
        expect(codes.every(isErrorCode)).toBe(true);
        expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
        expect(reply.text).not.toMatch(leak);
      }),
      { numRuns: 300 },
    );
    expect((await fetch(`${g.url}/livez`)).status).toBe(200);
  });

  it.each([
    [
      'a header of 20 KB',
      `GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'PAYLOAD_TOO_LARGE',
    ],
    ['an address that is none', 'GET /% HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two lengths', 'POST /graphql HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400, 'BAD_REQUEST'],
  ])('(%s) is answered in JSON', async (_what, bytes, status, code) => {
    const { hostname, port } = new URL(g.url);
    const socket = connect(Number(port), hostname);
    socket.write(bytes, 'latin1');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const [head = '', body = ''] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/json; charset=utf-8`));
    expect(errorsIn(body).map((error) => error.extensions['code'])).toEqual([code]);
  });
});

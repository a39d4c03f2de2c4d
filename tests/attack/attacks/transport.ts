import { gzipSync } from 'node:zlib';

import type { Attack } from '../kit/attack.ts';
import { json, type Sent } from '../kit/send.ts';

const good = JSON.stringify({ query: '{ me { id } }' });

const inputs: readonly (Sent & { readonly what: string; readonly codes: readonly string[] })[] = [
  { what: 'no body', codes: ['BAD_REQUEST'] },
  { what: 'half a JSON', body: '{"query":', codes: ['INVALID_JSON'] },
  { what: 'text', body: 'hello', codes: ['INVALID_JSON'] },
  { what: '200 KB', body: JSON.stringify({ query: 'x'.repeat(200_000) }), codes: ['PAYLOAD_TOO_LARGE'] },
  {
    what: '1 MB',
    body: JSON.stringify({ query: '{ me { id } }', variables: { a: 'x'.repeat(2 ** 20) } }),
    codes: ['PAYLOAD_TOO_LARGE'],
  },
  {
    what: 'UTF-7',
    body: good,
    headers: { 'content-type': 'application/json; charset=utf-7' },
    codes: ['UNSUPPORTED_MEDIA_TYPE'],
  },
  { what: 'no UTF-8', body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), codes: ['UNSUPPORTED_MEDIA_TYPE', 'INVALID_JSON'] },
  {
    what: 'compressed',
    body: gzipSync(good),
    headers: { ...json, 'content-encoding': 'gzip' },
    codes: ['UNSUPPORTED_MEDIA_TYPE', 'INVALID_JSON', 'BAD_REQUEST'],
  },
  { what: 'a picture wanted', body: good, headers: { ...json, accept: 'image/png' }, codes: ['NOT_ACCEPTABLE'] },
  { what: 'another path', body: good, path: '/graphql/../admin', codes: ['PATH_NOT_FOUND'] },
  { what: 'no path at all', body: good, path: '/%00', codes: ['PATH_NOT_FOUND', 'BAD_REQUEST'] },
  { what: 'PUT', method: 'PUT', body: good, codes: ['METHOD_NOT_ALLOWED'] },
  { what: 'DELETE', method: 'DELETE', codes: ['METHOD_NOT_ALLOWED'] },
  { what: 'TRACE', method: 'TRACE', codes: ['METHOD_NOT_ALLOWED', 'PATH_NOT_FOUND', 'BAD_REQUEST'] },
  {
    what: 'a header of 20 KB',
    body: good,
    headers: { ...json, 'x-long': 'a'.repeat(20_000) },
    codes: ['PAYLOAD_TOO_LARGE'],
  },
];

export const attack: Attack = {
  threat: 'T8',
  title: 'Broken requests are answered in JSON, with a 4xx',
  async run(_target, trial) {
    for (const { what, codes, ...sent } of inputs) {
      const heard = await trial.send(sent);
      trial.refused(what, heard, ...codes);
      trial.holds(heard.status >= 400 && heard.status < 500, `${what}: ${heard.status}`);
      trial.holds(
        heard.headers['content-type']?.startsWith('application/') === true,
        `${what}: ${String(heard.headers['content-type'])}`,
      );
    }
    return `${inputs.length} ways to send what is no request`;
  },
};

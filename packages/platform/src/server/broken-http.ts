import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { presentCode, type ErrorCode } from '../errors/index.ts';

const refusals: Readonly<Record<string, { readonly status: number; readonly code: ErrorCode }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'PAYLOAD_TOO_LARGE' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'BAD_REQUEST' },
};
/** How long a client may take to read the refusal before the connection is cut: it may have more to send than is read. */
const graceMs = 500;
const malformed = { status: 400, code: 'BAD_REQUEST' } as const;

/** Answers what could not be read as HTTP like any other bad request, in JSON, and ends the connection. */
export function answerBrokenHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, code } = refusals[error.code ?? ''] ?? malformed;
  const body = JSON.stringify({ errors: [presentCode(code, 'ko')] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), graceMs).unref();
}

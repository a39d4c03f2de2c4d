import { request as requestPlain, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as requestSecure } from 'node:https';

/** A request just as it goes over the wire; POST with JSON unless it says otherwise. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** The address that it comes from, on machines where the loopback has many. */
  readonly from?: string;
  readonly patienceMs?: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly tookMs: number;
}

/** How long an answer is waited for: longer than anything may take. */
const usualPatienceMs = 20_000;
export const json = { 'content-type': 'application/json' } as const;

/** Whether requests may come from other addresses than 127.0.0.1: Linux answers for all of 127/8. */
const hasManyAddresses = process.platform === 'linux';

/** Sends a request over a connection of its own. Rejects when no answer comes. */
export function send(url: string, sent: Sent): Promise<Reply> {
  const { method = 'POST', path = '/graphql', headers = json, body, from, patienceMs = usualPatienceMs } = sent;
  const { protocol, hostname, port } = new URL(url);
  const isLoopback = hostname === '127.0.0.1';
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const outgoing = (protocol === 'https:' ? requestSecure : requestPlain)({
      hostname,
      port,
      // just as it is written: a URL would tidy it up
      path,
      method,
      headers,
      agent: false,
      signal: AbortSignal.timeout(patienceMs),
      // the certificate of an attacked machine may be its own
      rejectUnauthorized: false,
      ...(from !== undefined && isLoopback && hasManyAddresses && { localAddress: from }),
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
          tookMs: performance.now() - startedAt,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

let addresses = 0;

/** An address of the loopback that nobody has asked from yet. */
export function freshAddress(): string {
  addresses += 1;
  return `127.${64 + (addresses >> 14)}.${(addresses >> 7) & 127}.${(addresses & 127) + 1}`;
}

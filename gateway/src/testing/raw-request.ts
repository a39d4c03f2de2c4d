import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** An HTTP answer, its body as text. */
export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly tookMs: number;
}

/** An HTTP request with just the headers given: `fetch` would add a content type and join doubled headers. */
export function rawRequest(
  url: string,
  given: {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string | Uint8Array | undefined;
  },
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const outgoing = request(url, { method: given.method ?? 'POST', headers: given.headers ?? {}, agent: false });
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
    outgoing.end(given.body);
  });
}

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

import { listenAnywhere } from './listen-anywhere.ts';

/** A request as a subgraph got it. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> };
  /** Settles when the caller hung up before it had an answer. */
  readonly hungUp: Promise<void>;
}

/** Something that stands where a subgraph should and answers as a test wants. */
export interface FakeSubgraph {
  readonly url: string;
  readonly heard: Heard[];
  close(): Promise<void>;
}

/** Starts an HTTP server that leaves every request to the given function; what is never answered hangs. */
export async function aFakeSubgraph(
  answer: (response: ServerResponse, heard: Heard) => void,
  port = 0,
): Promise<FakeSubgraph> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Heard = {
        path: request.url ?? '',
        headers: request.headers,
        body: (text === '' ? {} : JSON.parse(text)) as Heard['body'],
        hungUp: new Promise((resolve) => {
          response.once('close', () => {
            if (!response.writableEnded) resolve();
          });
        }),
      };
      heard.push(one);
      answer(response, one);
    });
  });
  const url = await listenAnywhere(server, port);
  return {
    url: `${url}/graphql`,
    heard,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a JSON value. */
export function sayJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

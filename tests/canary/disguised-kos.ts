import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whose data at KOS goes by which canary. */
export interface Disguise {
  readonly upstream: string;
  /** What KOS knows, and what our services are told instead; back again on the way there. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface DisguisedKos {
  readonly url: string;
  wear(disguise: Disguise): void;
  close(): Promise<void>;
}

const patienceMs = 20_000;

/** Starts what stands between our services and KOS and gives one of its customers another name and number. */
export async function startDisguisedKos(): Promise<DisguisedKos> {
  let disguise: Disguise | null = null;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (disguise === null) throw new Error('there is no KOS yet');
    const { upstream, texts } = disguise;
    const [real, shown] = [Object.keys(texts), Object.values(texts)];
    const body = await textOf(request);
    const answer = await fetch(`${upstream}${swap(request.url ?? '/', shown, real)}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body !== '' && { body: swap(body, shown, real) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = swap(await answer.text(), real, shown);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  }

  const server = createServer((request, response) => {
    // KOS being away is to look like KOS being away
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wear: (worn) => {
      disguise = worn;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

const swap = (text: string, from: readonly string[], to: readonly string[]): string =>
  from.reduce((swapped, each, place) => swapped.replaceAll(each, to[place] ?? ''), text);

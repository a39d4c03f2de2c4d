import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';

import { listenAnywhere } from './listen-anywhere.ts';

/** A balancer that sends requests to whichever target says that it is ready, and never sends one twice. */
export interface Balancer {
  readonly url: string;
  addTarget(url: string): void;
  /** How many targets were ready when they were last asked. */
  ready(): number;
  close(): Promise<void>;
}

const lookEveryMs = 50;

/** Headers without what concerns one connection alone. */
const endToEnd = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection' && name !== 'keep-alive'));

/** Starts a balancer without targets; it keeps connections to them alive, and asks each every 50 ms whether it is ready. */
export async function aBalancer(): Promise<Balancer> {
  const targets = new Map<string, boolean>();
  const keptAlive = new Agent({ keepAlive: true });
  let turn = 0;

  async function look(url: string): Promise<void> {
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (targets.has(url)) targets.set(url, isReady);
  }
  const timer = setInterval(() => {
    for (const url of targets.keys()) void look(url);
  }, lookEveryMs);

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const ready = [...targets].filter(([, isReady]) => isReady).map(([url]) => url);
    const target = ready[turn++ % Math.max(ready.length, 1)];
    if (target === undefined) {
      outgoing.writeHead(502).end('no target');
      return;
    }
    const { method, headers, url = '/' } = incoming;
    const passedOn = endToEnd(headers);
    const asking = request(`${target}${url}`, { method, headers: passedOn, agent: keptAlive }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      answer.pipe(outgoing);
    });
    asking.on('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(error.message);
    });
    incoming.pipe(asking);
  }

  const server = createServer(pass);
  const url = await listenAnywhere(server);
  return {
    url,
    addTarget: (target) => {
      targets.set(target, false);
    },
    ready: () => [...targets.values()].filter(Boolean).length,
    close: async () => {
      clearInterval(timer);
      targets.clear();
      keptAlive.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

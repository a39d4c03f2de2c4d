import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How one request ended. */
export interface Outcome {
  /** The HTTP status; 0 when the connection broke. */
  readonly status: number;
  /** From the moment it was due, waiting for a connection included. */
  readonly tookMs: number;
}

interface Waiting {
  readonly text: string;
  readonly dueAtMs: number;
  readonly done: (outcome: Outcome) => void;
}

/** Sends a request over a kept-alive connection, on which it is alone. */
export type Send = (body: string, headers?: string) => Promise<Outcome>;

/** What a balancer keeps open; a flood of new connections would measure the system's queue of them. */
const mostConnections = 400;
const statusAt = [9, 12] as const;

/** Connects to a server on this machine; as many connections are opened as requests wait at once. */
export function connectDriver(port: number): { readonly send: Send; close(): void } {
  const idle: ((next: Waiting) => void)[] = [];
  const waiting: Waiting[] = [];
  const sockets = new Set<Socket>();

  function open(): void {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let current: Waiting | null = null;
    let received = '';
    const begin = (next: Waiting) => {
      current = next;
      socket.write(next.text);
    };
    const end = (status: number) => {
      current?.done({ status, tookMs: performance.now() - current.dueAtMs });
      current = null;
      received = '';
    };
    const takeNext = () => {
      const next = waiting.shift();
      if (next === undefined) idle.push(begin);
      else begin(next);
    };
    socket.setEncoding('latin1').on('data', (piece: string) => {
      received += piece;
      const bodyAt = received.indexOf('\r\n\r\n') + 4;
      const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1];
      if (length === undefined || bodyAt < 4 || received.length < bodyAt + Number(length)) return;
      end(Number(received.slice(...statusAt)));
      takeNext();
    });
    socket.on('error', () => undefined);
    socket.once('connect', takeNext).once('close', () => {
      sockets.delete(socket);
      if (idle.includes(begin)) idle.splice(idle.indexOf(begin), 1);
      end(0);
      if (waiting.length > 0) open();
    });
    sockets.add(socket);
  }

  return {
    send: (body, headers = '') =>
      new Promise((done) => {
        const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
        const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n${headers}${length}`;
        const request = { text: `${head}\r\n${body}`, dueAtMs: performance.now(), done };
        const begin = idle.pop();
        if (begin !== undefined) {
          begin(request);
          return;
        }
        waiting.push(request);
        if (sockets.size < mostConnections) open();
      }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks again as soon as an answer is there, so many at a time. */
export async function closedLoop(ask: () => Promise<Outcome>, atOnce: number, seconds: number) {
  const endMs = performance.now() + seconds * 1_000;
  const outcomes: Outcome[] = [];
  const works = Array.from({ length: atOnce }, async () => {
    while (performance.now() < endMs) outcomes.push(await ask());
  });
  await Promise.all(works);
  return outcomes;
}

/** Asks at a steady rate, however long answers take. Tells also how late the asking itself was at worst. */
export async function openLoop(ask: () => Promise<Outcome>, perSecond: number, seconds: number) {
  const startMs = performance.now();
  const asked: Promise<Outcome>[] = [];
  let driverLateMs = 0;
  for (const total = perSecond * seconds; asked.length < total;) {
    await pause(1);
    const passedMs = performance.now() - startMs;
    driverLateMs = Math.max(driverLateMs, passedMs - (asked.length / perSecond) * 1_000);
    const due = Math.min((passedMs / 1_000) * perSecond, total);
    while (asked.length < due) asked.push(ask());
  }
  return { outcomes: await Promise.all(asked), tookMs: performance.now() - startMs, driverLateMs };
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Direction, Ills, Toxics } from './toxics.ts';

export type { Direction };

/** One connection through a proxy: the client's socket, ours to the server, and what travels between them. */
export interface JoinedSockets {
  isNearOpen(): boolean;
  /** Breaks both sides at once. */
  reset(): void;
  readonly ended: Promise<unknown>;
}

/** More than this on its way, and the sender is made to wait, as by the window of a real connection. */
const mostHeldBytes = 1_048_576;

/** Carries bytes between an accepted socket and a new one to the server, through whatever toxics there are then. */
export function joinSockets(join: {
  readonly near: Socket;
  readonly port: number;
  readonly toxics: Toxics;
  readonly random: () => number;
}): JoinedSockets {
  const { near, toxics, random } = join;
  const far = connect({ host: '127.0.0.1', port: join.port, allowHalfOpen: true, noDelay: true });
  const end = new AbortController();
  const reset = (): void => {
    end.abort();
    near.resetAndDestroy();
    far.resetAndDestroy();
  };
  const carry = (direction: Direction): void => {
    const [from, to] = direction === 'to-server' ? [near, far] : [far, near];
    carryBytes({ from, to, direction, toxics, random, signal: end.signal, reset });
  };
  for (const socket of [near, far]) socket.on('error', reset);
  carry('to-server');
  carry('to-client');
  return {
    isNearOpen: () => !near.readableEnded && !near.destroyed,
    reset,
    ended: Promise.all([closed(near), closed(far)]),
  };
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });

interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly toxics: Toxics;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly reset: () => void;
}

function carryBytes({ from, to, direction, toxics, random, signal, reset }: Way): void {
  let heldBytes = 0;
  let tail = Promise.resolve();
  let counting: { readonly toxic: Ills['reset']; passed: number } = { toxic: undefined, passed: 0 };

  /** Each step waits for those before it, and its delay counts from when it arrived: latency costs no throughput. */
  const inTurn = (step: () => Promise<void>): void => {
    const arrivedAt = performance.now();
    tail = tail
      .then(async () => {
        const { latency } = toxics.now();
        const dueAt = arrivedAt + (latency === undefined ? 0 : latency.ms + random() * latency.jitterMs);
        await wait(dueAt - performance.now(), signal);
        await step();
      })
      // Broken on the way; whoever broke it has ended both sides.
      .catch(() => undefined);
  };

  async function pass(piece: Buffer): Promise<void> {
    await toxics.flowing(signal);
    const { reset: toxic, bytesPerSecond } = toxics.now();
    if (bytesPerSecond !== undefined) await wait((piece.length / bytesPerSecond) * 1_000, signal);
    if (counting.toxic !== toxic) counting = { toxic, passed: 0 };
    const left = toxic?.direction === direction ? toxic.bytes - counting.passed : Infinity;
    counting.passed += piece.length;
    await write(to, left < piece.length ? piece.subarray(0, left) : piece, signal);
    if (left > piece.length) return;
    // What was let through must arrive: the server acts on it and only its answer is lost, or the client has a part of one.
    if (direction === 'to-server') {
      from.resetAndDestroy();
      to.end();
    } else {
      await pause(1);
      reset();
    }
  }

  from.on('data', (chunk: Buffer) => {
    heldBytes += chunk.length;
    if (heldBytes > mostHeldBytes) from.pause();
    inTurn(async () => {
      for (const [index, piece] of piecesOf(chunk, toxics.now().slice?.bytes).entries()) {
        if (index > 0) await wait(toxics.now().slice?.delayMs ?? 0, signal);
        await pass(piece);
      }
      heldBytes -= chunk.length;
      if (heldBytes <= mostHeldBytes) from.resume();
    });
  });
  from.on('end', () => {
    inTurn(async () => {
      await toxics.flowing(signal);
      to.end();
    });
  });
}

function piecesOf(chunk: Buffer, mostBytes = chunk.length): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < chunk.length; at += mostBytes) pieces.push(chunk.subarray(at, at + mostBytes));
  return pieces;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal });
}

async function write(to: Socket, piece: Buffer, signal: AbortSignal): Promise<void> {
  if (piece.length > 0 && !to.write(piece)) await once(to, 'drain', { signal });
}

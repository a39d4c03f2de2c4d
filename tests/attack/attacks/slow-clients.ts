import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';
import { freshAddress } from '../kit/send.ts';
import { quantile } from '../kit/statistics.ts';

const sockets = 2_000;
const perAddress = 250;
const fromOneAddress = 1_600;
const mostPerAddress = 1_500;
/** The head of a request may take 10 s, and is looked after once a second. */
const closedWithinMs = 12_500;

interface Slow {
  readonly socket: Socket;
  isOpen: boolean;
}

function open(url: string, from: string, first: string): Slow {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    ...(process.platform === 'linux' && { localAddress: from }),
  });
  const slow: Slow = { socket, isOpen: true };
  socket.write(first);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    slow.isOpen = false;
  });
  socket.resume();
  return slow;
}

const stillOpen = (all: readonly Slow[]): number => all.filter(({ isOpen }) => isOpen).length;

export const attack: Attack = {
  threat: 'T22',
  title: 'Who is slow holds up nobody else, and not for long',
  async run(target, trial) {
    const greedy = freshAddress();
    const hoard = Array.from({ length: fromOneAddress }, () =>
      open(target.url, greedy, 'GET /livez HTTP/1.1\r\nhost: x\r\n'),
    );
    await pause(1_500);
    const hoarded = stillOpen(hoard);
    if (process.platform === 'linux')
      trial.holds(hoarded <= mostPerAddress, `one address holds ${hoarded} connections`);
    for (const { socket } of hoard) socket.destroy();

    const half = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const whole = `${half}content-length: 30000\r\n\r\n{"query":`;
    const startedAt = performance.now();
    let from = freshAddress();
    const slow = Array.from({ length: sockets }, (_, nth) => {
      if (nth % perAddress === 0) from = freshAddress();
      return open(target.url, from, nth % 4 === 0 ? whole : half);
    });
    const waits: number[] = [];
    while (stillOpen(slow) > 0 && performance.now() - startedAt < 20_000) {
      for (const { socket, isOpen } of slow) if (isOpen) socket.write('x');
      const heard = await trial.ask(whoAmI, { from: freshAddress() });
      trial.holds(heard.status === 401, `meanwhile others are answered ${heard.status}`);
      waits.push(heard.tookMs);
      await pause(200);
      if (performance.now() - startedAt > closedWithinMs) {
        const heads = slow.filter((_, nth) => nth % 4 !== 0);
        trial.holds(stillOpen(heads) === 0, `${stillOpen(heads)} unfinished heads are waited for after 12 s`);
      }
    }
    const tookMs = performance.now() - startedAt;
    trial.holds(
      stillOpen(slow) === 0,
      `${stillOpen(slow)} slow connections are still open after ${Math.round(tookMs / 1_000)} s`,
    );
    for (const { socket } of slow) socket.destroy();
    return `${fromOneAddress} connections of one address: ${hoarded} kept; ${sockets} slow heads and bodies: all closed after ${(tookMs / 1_000).toFixed(1)} s, others’ p99 ${Math.round(quantile(waits, 0.99))} ms`;
  },
};

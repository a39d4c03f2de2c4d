import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { aGatewayProcess } from '@supergraph/gateway/testing/gateway-process';

import { closedLoop, connectDriver, type Outcome } from './open-loop.ts';

/*
 * What two thousand sockets that trickle their requests cost everybody else. The gateway is a process as in production,
 * but lets one address hold as many connections as it likes, since all of them come from this machine. Each round measures
 * without and with the slow sockets, one after the other; the ratio is what counts, since a shared machine is never the
 * same for long. Takes about two minutes: `node --import tsx benchmarks/slow-sockets.ts`.
 */
const rounds = 5;
const secondsEach = 6;
const slowSockets = 2_000;
const trickleEveryMs = 1_000;
const atOnce = 8;

const nowhere = 'http://127.0.0.1:1/graphql';
const gateway = await aGatewayProcess({
  SUBGRAPH_AUTH_URL: nowhere,
  SUBGRAPH_BILLING_URL: nowhere,
  SUBGRAPH_PRODUCT_URL: nowhere,
  MAX_CONNECTIONS_PER_ADDRESS: '5000',
  RATE_LIMITS: 'off',
});
const port = Number(new URL(gateway.url).port);
const driver = connectDriver(port);
const ask = () => driver.send(JSON.stringify({ query: '{ __typename }' }));

/** Keeps so many sockets open that send a header a second and never come to an end; those cut off come back. */
function keepTrickling(count: number): { readonly cut: () => number; stop(): void } {
  const open = new Set<Socket>();
  let isOver = false;
  let cut = 0;
  function begin(): void {
    if (isOver) return;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('POST /graphql HTTP/1.1\r\nhost: gateway\r\n');
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      cut += 1;
      begin();
    });
  }
  for (let nth = 0; nth < count; nth += 1) begin();
  const timer = setInterval(() => {
    for (const socket of open) socket.write('x: y\r\n');
  }, trickleEveryMs);
  return {
    cut: () => cut,
    stop: () => {
      isOver = true;
      clearInterval(timer);
      for (const socket of open) socket.destroy();
    },
  };
}

const percentile = (percent: number, outcomes: readonly Outcome[]): number => {
  const sorted = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length * percent) / 100)] ?? 0;
};

async function measure() {
  const outcomes = await closedLoop(ask, atOnce, secondsEach);
  const failed = outcomes.filter(({ status }) => status !== 200).length;
  return { perSecond: outcomes.length / secondsEach, p99: percentile(99, outcomes), failed };
}

await measure();
const ratios: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const alone = await measure();
  const slow = keepTrickling(slowSockets);
  await pause(2_000);
  const beside = await measure();
  slow.stop();
  await pause(1_000);
  ratios.push(beside.p99 / alone.p99);
  console.log({
    'alone p99 ms': alone.p99.toFixed(1),
    'beside p99 ms': beside.p99.toFixed(1),
    'p99 ratio': (beside.p99 / alone.p99).toFixed(2),
    'alone/s': Math.round(alone.perSecond),
    'beside/s': Math.round(beside.perSecond),
    failed: alone.failed + beside.failed,
    'slow ones cut': slow.cut(),
  });
}
const median = ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
console.log(
  `Beside ${slowSockets} slow sockets the p99 of everybody else is ${median.toFixed(2)} times what it was alone.`,
);

driver.close();
gateway.signal('SIGTERM');
await gateway.ended;

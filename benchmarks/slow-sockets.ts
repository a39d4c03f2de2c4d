import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

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
const atOnce = 8;

const nowhere = 'http://127.0.0.1:1/graphql';
const gateway = await aGatewayProcess({
  SUBGRAPH_AUTH_URL: nowhere,
  SUBGRAPH_BILLING_URL: nowhere,
  SUBGRAPH_PRODUCT_URL: nowhere,
  MAX_CONNECTIONS_PER_ADDRESS: '5000',
  RATE_LIMITS: 'off',
  CHANGE_CHECKS_PER_MINUTE: '100000',
});
const port = Number(new URL(gateway.url).port);
const driver = connectDriver(port);
const ask = () => driver.send(JSON.stringify({ query: '{ __typename }' }));

/** Opens the slow sockets in a process of their own, so that asking is not slowed down by them here. */
async function keepTrickling(): Promise<{ stop(): Promise<void> }> {
  const file = fileURLToPath(new URL('trickle.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, String(port), String(slowSockets)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    stop: async () => {
      child.kill();
      await once(child, 'exit');
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
  const slow = await keepTrickling();
  const beside = await measure();
  await slow.stop();
  await pause(1_000);
  ratios.push(beside.p99 / alone.p99);
  console.log({
    'alone p99 ms': alone.p99.toFixed(1),
    'beside p99 ms': beside.p99.toFixed(1),
    'p99 ratio': (beside.p99 / alone.p99).toFixed(2),
    'alone/s': Math.round(alone.perSecond),
    'beside/s': Math.round(beside.perSecond),
    failed: alone.failed + beside.failed,
  });
}
const median = ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
console.log(
  `Beside ${slowSockets} slow sockets the p99 of everybody else is ${median.toFixed(2)} times what it was alone.`,
);

driver.close();
gateway.signal('SIGTERM');
await gateway.ended;

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

import { aGatewayProcess } from '@supergraph/gateway/testing/gateway-process';
import { listenAnywhere } from '@supergraph/gateway/testing/listen-anywhere';
import { aToken, anAuthDesk, aViewer } from '@supergraph/gateway/testing/stand-in-subgraphs';

import { closedLoop, connectDriver, openLoop, type Outcome } from './open-loop.ts';

/*
 * How much of its best throughput the gateway keeps when three times as much is asked of it, and who is refused. The
 * gateway is a process as in production; subgraphs answer at once from memory. Each round measures both, one after the
 * other, and per second of the gateway's own processor time, too, since a shared machine is never the same for long.
 * Takes about a minute and a half: `node --import tsx benchmarks/overload.ts`.
 */
const rounds = 3;
const secondsEach = 6;
const overloadFactor = 3;
const changesIn = 20;
const longestCalmingMs = 30_000;
/** Keeps the gateway busy and is never shed. */
const atOnce = 24;

const desk = await anAuthDesk();
const line = { __typename: 'Line', id: 'ln_1', phoneNumber: '010-1234-5678' };
const answers: readonly (readonly [string, unknown])[] = [
  ['jwks.json', { keys: desk.keys.map((key) => key.publicJwk) }],
  ['session-check', { state: 'ACTIVE' }],
  ['_entities', { data: { _entities: [{ currentProduct: { productCode: '5G' } }] } }],
  ['login(', { data: { login: null } }],
  ['', { data: { me: { loginId: 'kim', customer: { __typename: 'Customer', id: 'c', lines: [line] } } } }],
];
const answerTo = async (request: IncomingMessage): Promise<string> => {
  const asked = `${request.url ?? ''} ${await text(request)}`;
  return JSON.stringify(answers.find(([sign]) => asked.includes(sign))?.[1]);
};
const subgraphs = createServer((request, response) => {
  void answerTo(request).then((body) => response.setHeader('content-type', 'application/json').end(body));
});
const url = `${await listenAnywhere(subgraphs)}/graphql`;
const gateway = await aGatewayProcess({
  SUBGRAPH_AUTH_URL: url,
  SUBGRAPH_BILLING_URL: url,
  SUBGRAPH_PRODUCT_URL: url,
  RATE_LIMITS: 'off',
  CHANGE_CHECKS_PER_MINUTE: '100000',
});
const driver = connectDriver(Number(new URL(gateway.url).port));

const readQuery = '{ me { loginId customer { lines { id phoneNumber currentProduct { productCode } } } } }';
const read = JSON.stringify({ query: readQuery });
const change = JSON.stringify({
  query: 'mutation { login(input: { loginId: "a", password: "b" }) { __typename } }',
});
// equal reads of one caller would share a fetch
const callers = Array.from({ length: 200 }, () => `authorization: Bearer ${aToken(desk, aViewer(), new Date())}\r\n`);
let turn = 0;
const askToRead = () => driver.send(read, callers[(turn += 1) % callers.length]);

const of = (status: number, outcomes: readonly Outcome[]) => outcomes.filter((outcome) => outcome.status === status);
const percentile = (percent: number, outcomes: readonly Outcome[]): number => {
  const sorted = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length * percent) / 100)] ?? 0);
};

/** Processor time that the gateway has had so far, in seconds (Linux). */
function gatewayCpuSeconds(): number {
  const fields = readFileSync(`/proc/${gateway.processId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Answers a second, and a second of the gateway's processor time. */
interface Throughput {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

async function measurePeak(): Promise<Throughput> {
  const cpuBefore = gatewayCpuSeconds();
  const { length } = of(200, await closedLoop(askToRead, atOnce, secondsEach));
  return { perSecond: length / secondsEach, perCpuSecond: length / (gatewayCpuSeconds() - cpuBefore) };
}

async function overload(perSecond: number) {
  const changes: Promise<Outcome>[] = [];
  let nth = 0;
  const ask = () => {
    nth += 1;
    if (nth % changesIn !== 0) return askToRead();
    const asked = driver.send(change);
    changes.push(asked);
    return asked;
  };
  const cpuBefore = gatewayCpuSeconds();
  const { outcomes, tookMs, driverLateMs } = await openLoop(ask, perSecond, secondsEach);
  const cpuSeconds = gatewayCpuSeconds() - cpuBefore;
  const taken = of(200, outcomes);
  const refused = of(503, outcomes);
  const changesDone = await Promise.all(changes);
  return {
    'asked/s': Math.round(perSecond),
    'answered/s': Math.round(taken.length / (tookMs / 1_000)),
    'answered/CPU s': Math.round(taken.length / cpuSeconds),
    'answered p50 ms': percentile(50, taken),
    'answered p99 ms': percentile(99, taken),
    'refused p50 ms': percentile(50, refused),
    'refused p99 ms': percentile(99, refused),
    'changes through %': Math.round((100 * of(200, changesDone).length) / changesDone.length),
    neither: outcomes.length - taken.length - refused.length,
    'driver late ms': Math.round(driverLateMs),
  };
}

async function secondsUntilCalm(): Promise<number> {
  const startMs = performance.now();
  for (let calm = 0; calm < 50; calm += 1) {
    if (performance.now() - startMs > longestCalmingMs) throw new Error('the gateway goes on refusing without a load');
    await pause(10);
    if ((await askToRead()).status !== 200) calm = 0;
  }
  return Math.round((performance.now() - startMs) / 100) / 10;
}

async function measureRound() {
  const before = await measurePeak();
  const over = await overload(before.perSecond * overloadFactor);
  const calmAfterS = await secondsUntilCalm();
  const after = await measurePeak();
  const kept = (what: keyof Throughput, answered: number) =>
    Math.round((200 * answered) / (before[what] + after[what]));
  return {
    'peak/s': Math.round((before.perSecond + after.perSecond) / 2),
    ...over,
    'calm after s': calmAfterS,
    'kept %': kept('perSecond', over['answered/s']),
    'kept % of CPU': kept('perCpuSecond', over['answered/CPU s']),
  };
}

// the first one is for the compiler
await measurePeak();
const rows: Awaited<ReturnType<typeof measureRound>>[] = [];
while (rows.length < rounds) rows.push(await measureRound());
console.log(rows);
const median = (column: 'kept %' | 'kept % of CPU') =>
  rows.map((row) => row[column]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
console.log(
  `Asked ${overloadFactor} times its best, the gateway keeps ${median('kept %')} % of it, ` +
    `${median('kept % of CPU')} % per second of its own processor time (medians of ${rounds}).`,
);

driver.close();
subgraphs.closeAllConnections();
subgraphs.close();
gateway.signal('SIGTERM');
await gateway.ended;

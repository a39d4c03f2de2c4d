import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

import { z } from 'zod';

import { starvationOf } from './starvation.ts';

/**
 * Somebody innocent, in a process of their own so that the attacker's work does not count as theirs: asks whether the
 * gateway lives, fifty times a second. Says `ready` at the first answer. Told `begin`, forgets; told `end`, answers how
 * long the slowest answer took, without the time for which the machine gave the gateway no processor.
 */

const [url = '', gatewayPid = ''] = process.argv.slice(2);
const starvedMs = starvationOf(gatewayPid === '' ? null : Number(gatewayPid));
const everyMs = 20;
const lookEveryMs = 2;
/** An answer was not late if it was we who did not look. */
const ownLatenessMs = 8;
const patienceMs = 5_000;

const isSecure = url.startsWith('https:');
const agent = isSecure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
const message = z.enum(['begin', 'end']);

let answered = 0;
let slowestMs = 0;
let failed = 0;
let lookedAt = performance.now();
let latestMs = 0;
let isReady = false;

setInterval(() => {
  const now = performance.now();
  latestMs = Math.max(latestMs, now - lookedAt - lookEveryMs);
  lookedAt = now;
}, lookEveryMs);

function ask(): void {
  const startedAt = performance.now();
  const starvedBeforeMs = starvedMs();
  latestMs = 0;
  const asked = (isSecure ? secureRequest : request)(`${url}/livez`, {
    agent,
    timeout: patienceMs,
    rejectUnauthorized: false,
  });
  asked.on('response', (answer) => {
    const tookMs = performance.now() - startedAt;
    answer.resume();
    answer.on('end', () => {
      answered += 1;
      if (!isReady) process.send?.('ready');
      isReady = true;
      const waitedMs = tookMs - (starvedMs() - starvedBeforeMs);
      if (latestMs <= ownLatenessMs) slowestMs = Math.max(slowestMs, waitedMs);
      setTimeout(ask, Math.max(0, everyMs - tookMs));
    });
  });
  asked.on('timeout', () => asked.destroy(new Error('no answer')));
  asked.on('error', () => {
    failed += 1;
    setTimeout(ask, everyMs);
  });
  asked.end();
}

process.on('message', (told) => {
  if (message.parse(told) === 'end') {
    process.send?.({ answered, slowestMs, failed });
    return;
  }
  [answered, slowestMs, failed] = [0, 0, 0];
});
process.on('disconnect', () => process.exit(0));
ask();

import { createServer, type Server } from 'node:http';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';
import { portOf } from './kit/tcp-proxy.ts';

const mostMs = 5_000;

describe('KOS cannot be reached at all', () => {
  let stack: Stack;
  let plainHttp: Server;
  beforeAll(async () => {
    plainHttp = createServer();
    await new Promise<void>((listening) => plainHttp.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => stack.close());
  afterAll(() => {
    plainHttp.close();
  });

  it.each([
    ['F44 the name of KOS is unknown', () => 'http://kos.invalid:8080'],
    ['F44 TLS to KOS does not come about', () => `https://127.0.0.1:${portOf(plainHttp)}`],
  ])('%s: bills are unavailable within the time KOS has, and what needs no KOS goes on', async (fault, kosUrl) => {
    stack = await aStack({ settings: { KOS_URL: kosUrl() } });
    const client = await stack.client();
    for (const reply of [await client.readBill(), await client.changePlan()]) {
      expect(reply).toMatchObject({ kind: 'failed', code: 'KOS_UNAVAILABLE' });
      expect(reply.tookMs).toBeLessThan(mostMs);
    }
    expect(await client.logIn()).toMatchObject({ kind: 'answered' });
    const findings = await stack.check();
    reportFault({ fault, userSees: '"for now unavailable"', ...findings, recoverySeconds: null });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('one subgraph is gone', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack()), 60_000);
  afterAll(() => stack.close());

  it('answers the fields of the others, and says which one cannot be had now', async () => {
    const client = await stack.client();
    await stack.services.billing.terminate();
    expect(await client.readBill()).toMatchObject({ kind: 'failed', code: 'SERVICE_UNAVAILABLE' });
    expect(await client.readProduct()).toMatchObject({ kind: 'answered' });

    await stack.services.billing.start();
    const recoverySeconds = await recovery(async () => (await client.readBill()).isFresh);
    const findings = await stack.check();
    reportFault({
      fault: 'F30 a subgraph is down',
      userSees: 'its fields as unavailable, all others as ever',
      ...findings,
      recoverySeconds,
    });
  });

  it('keeps who is signed in signed in while auth is away, and says of logging in that it is unavailable', async () => {
    const client = await stack.client();
    await client.readBill();
    await stack.services.auth.terminate();
    for (const reply of [await client.readBill(), await client.readProduct()])
      expect(reply).toMatchObject({ kind: 'answered', code: null });
    expect(await client.logIn()).toMatchObject({ kind: 'failed', code: 'SERVICE_UNAVAILABLE' });

    await stack.services.auth.start();
    const recoverySeconds = await recovery(async () => (await client.logIn()).kind === 'answered');
    const findings = await stack.check();
    reportFault({
      fault: 'F34 auth is down',
      userSees: 'nothing when signed in; logging in is unavailable',
      ...findings,
      recoverySeconds,
    });
  });
});

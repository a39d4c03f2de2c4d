import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';

import { createLogger } from '../telemetry/index.ts';
import { createHttpServer } from './http-server.ts';

let app: FastifyInstance;
afterEach(() => app.close());

/** A server that needs a database, which comes and goes. */
async function aServer(staysReady: boolean) {
  const checks = { database: false };
  app = createHttpServer({
    log: createLogger({ service: 'test', level: 'silent' }),
    maxBodyBytes: 1_000,
    readiness: () => Promise.resolve({ ...checks }),
    staysReady,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return async (isThere: boolean) => {
    checks.database = isThere;
    const answer = await fetch(`${url}/readyz`);
    return [answer.status, await answer.text()];
  };
}

describe('A server', () => {
  it('is ready while it misses nothing', async () => {
    const ready = await aServer(false);
    expect(await ready(false)).toEqual([503, '{"status":"unavailable","checks":{"database":false}}']);
    expect(await ready(true)).toEqual([200, '{"status":"ok","checks":{"database":true}}']);
    expect(await ready(false)).toEqual([503, '{"status":"unavailable","checks":{"database":false}}']);
  });

  it('that can do something without it is ready from the first time on', async () => {
    const ready = await aServer(true);
    expect(await ready(false)).toEqual([503, '{"status":"unavailable","checks":{"database":false}}']);
    expect(await ready(true)).toEqual([200, '{"status":"ok","checks":{"database":true}}']);
    expect(await ready(false)).toEqual([200, '{"status":"degraded","checks":{"database":false}}']);
  });
});

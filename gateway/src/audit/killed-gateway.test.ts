import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { createTestDatabase } from '@supergraph/database/testing';

import { aGatewayProcess, type GatewayProcess } from '../testing/gateway-process.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from '../testing/fake-subgraph.ts';
import { until } from '../testing/until.ts';

// a machine that has much else to do takes its time to start a process

const login = 'mutation { login(input: { loginId: "kim", password: "x" }) { ... on LoginSucceeded { deviceToken } } }';

describe('A gateway that is killed', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let subgraph: FakeSubgraph;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    database = await createTestDatabase('gateway');
    subgraph = await aFakeSubgraph((response, { path }) => {
      if (path.endsWith('jwks.json')) sayJson(response, { keys: [] });
      else sayJson(response, { data: { login: { __typename: 'LoginSucceeded', deviceToken: 'secret' } } });
    });
    gateway = await aGatewayProcess({
      SUBGRAPH_AUTH_URL: subgraph.url,
      SUBGRAPH_BILLING_URL: subgraph.url,
      SUBGRAPH_PRODUCT_URL: subgraph.url,
      RATE_LIMITS: 'off',
      GATEWAY_DATABASE_URL: database.url,
      AUDIT_CHAIN_KEYS: `a1:${randomBytes(32).toString('base64')}`,
    });
  });
  afterAll(async () => {
    gateway.signal('SIGKILL');
    await subgraph.close();
    await database.drop();
  });

  async function logIn(): Promise<string> {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: login }),
    });
    await answer.text();
    return answer.headers.get('x-request-id') ?? '';
  }

  it('has written down whatever it had answered', async () => {
    // the first record may wait for the database to be opened, longer than an answer waits for its record
    const answered = [await logIn()];
    await until('the first is on record', () => gateway.printed().includes('the audit has come this far'));
    const everybody = Array.from({ length: 8 }, async () => {
      for (;;) {
        try {
          answered.push(await logIn());
        } catch {
          return;
        }
      }
    });
    while (answered.length < 200) await new Promise((resolve) => setImmediate(resolve));
    gateway.signal('SIGKILL');
    await Promise.all(everybody);

    const rows = await withConnection(database.url, async (client) => {
      const { rows: all } = await client.query<{ requestId: string; outcome: string }>(
        'SELECT request_id AS "requestId", outcome FROM audit_record',
      );
      return all;
    });
    const written = new Map(rows.map(({ requestId, outcome }) => [requestId, outcome]));
    expect(answered.length).toBeGreaterThanOrEqual(200);
    expect(answered.filter((id) => written.get(id) !== 'OK')).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCircuits } from '@supergraph/platform/resilience';
import { createLogger } from '@supergraph/platform/telemetry';
import { systemClock } from '@supergraph/platform/time';

import { createLongWaits } from '../overload/long-waits.ts';
import { peacefulEndMs } from '../subgraph-policy.ts';
import { connectSubgraphs } from '../subgraphs/connect-subgraphs.ts';
import { readSupergraph } from '../supergraph.ts';
import { startEngine } from './engine.ts';
import { keepsNothing } from './last-good.ts';
import { loadSupergraph } from './load-supergraph.ts';

const committed = readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');
const log = createLogger({ service: 'gateway', level: 'silent' });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('A supergraph that is refused', () => {
  it('leaves nothing open of what was opened for it', async () => {
    let sdl = committed;
    const circuits = createCircuits();
    const ways = connectSubgraphs({
      queryTimeoutMs: 1_000,
      tls: {},
      fetched: () => undefined,
      circuits,
      longWaits: createLongWaits(),
      clock: systemClock,
      random: () => 0.5,
    });
    const sourceOf = (subgraph: Parameters<typeof ways.to>[0]) => {
      ways.to(subgraph);
      return { process: () => Promise.reject(new Error('nobody asks')) };
    };
    const engine = await startEngine({
      origin: { name: 'a test', mayChange: true, read: () => Promise.resolve(sdl) },
      lookEveryMs: null,
      lastGood: keepsNothing,
      load: (text) => loadSupergraph(readSupergraph(text, {}), { sourceOf, hasPolicies: true, log }),
      knownOperations: () => [{ name: 'Everyone', body: '{ me { loginId } }' }],
      serving: ({ subgraphs }) => {
        ways.serve(subgraphs);
      },
      log,
    });
    const served = [...circuits.states().keys()].sort();
    expect(served).toHaveLength(6);

    sdl = committed
      .replaceAll('loginId', 'nickname')
      .replace(/(name: "product", url: ")[^"]+/, '$1http://new.test/graphql');
    expect(await engine.look()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('Everyone') });
    expect(circuits.states().size).toBe(8);
    await jest.advanceTimersByTimeAsync(peacefulEndMs);
    expect([...circuits.states().keys()].sort()).toEqual(served);
    await engine.close();
    await ways.close();
  });
});

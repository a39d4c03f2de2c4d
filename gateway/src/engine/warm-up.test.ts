import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLogger } from '@supergraph/platform/telemetry';

import { readSupergraph } from '../supergraph.ts';
import { loadSupergraph, type LoadedSupergraph } from './load-supergraph.ts';
import { warmUp } from './warm-up.ts';

const log = createLogger({ service: 'gateway', level: 'silent' });
const sdl = readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');
const known = [
  { name: 'Who', body: 'query Who { me { loginId } }' },
  { name: 'SignIn', body: 'mutation SignIn($input: LoginInput!) { login(input: $input) { __typename } }' },
];

let supergraph: LoadedSupergraph;
let fetches = 0;
beforeAll(async () => {
  const counting = { process: () => Promise.reject(new Error(`fetch ${String((fetches += 1))}`)) };
  supergraph = await loadSupergraph(readSupergraph(sdl, {}), { sourceOf: () => counting, hasPolicies: true, log });
});
afterAll(() => supergraph.stop());

it('What clients are known to send is planned before there are any, at last as they spell it, and nothing is fetched', async () => {
  const planned: (string | undefined)[] = [];
  const execute: LoadedSupergraph['execute'] = (run) => {
    planned.push(run.request.query);
    return supergraph.execute(run);
  };
  await warmUp({ ...supergraph, execute }, known, log);
  expect(planned.slice(-known.length)).toEqual(known.map(({ body }) => body));
  expect(new Set(planned).size).toBe(planned.length);
  expect(planned.length).toBeGreaterThan(known.length);
  expect(fetches).toBe(0);
});

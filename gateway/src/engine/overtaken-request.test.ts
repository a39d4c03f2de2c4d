import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeSupergraph } from '@supergraph/schema/compose-supergraph';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { aViewer, sdlOf } from '../testing/stand-in-subgraphs.ts';
import { until } from '../testing/until.ts';

const committed = readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');
const withoutProduct = composeSupergraph(
  (['auth', 'billing'] as const).map((name) => ({
    name,
    routingUrl: `http://${name}.test/graphql`,
    sdlFile: '',
    sdl: sdlOf(name),
  })),
).supergraphSdl;
const check = `mutation {
  checkProductOfferingQualification(input: { lineId: "ln_1", productOfferingId: "5G" }) { __typename }
}`;

let folder: string;
let g: TestGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
  await writeFile(join(folder, 'supergraph.graphql'), committed);
  const product = {
    Mutation: { checkProductOfferingQualification: () => ({ __typename: 'LineNotFound' }) },
  };
  g = await aGateway(
    { product },
    {
      SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
      SUPERGRAPH_POLL_MS: '600000',
      PERSISTED_OPERATIONS_FOLDER: join(folder, 'nobody'),
    },
  );
});
afterAll(async () => {
  await g.close();
  await rm(folder, { recursive: true });
});

describe('A request that a new supergraph overtakes', () => {
  it('ends on the one it began on, whatever the new one lacks', async () => {
    let goOn: ((fate: 'done') => void) | undefined;
    g.audit.onAppend = () =>
      new Promise((resolve) => {
        goOn = resolve;
      });
    const as = aViewer();
    const overtaken = g.ask(check, { as });
    await until('it waits for its record', () => goOn !== undefined);
    await writeFile(join(folder, 'supergraph.graphql'), withoutProduct);
    expect(await g.reload()).toMatchObject({ outcome: 'served' });
    g.audit.onAppend = () => 'done';
    goOn?.('done');
    expect((await overtaken).body).toEqual({
      data: { checkProductOfferingQualification: { __typename: 'LineNotFound' } },
    });
    expect((await g.ask(check, { as })).body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

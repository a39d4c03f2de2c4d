import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@supergraph/platform/telemetry';
import { readManifests } from '@supergraph/schema/operation-manifest';
import { Kind, OperationTypeNode, parse, validate, type OperationDefinitionNode } from 'graphql';

import { createOperationPricing } from '../cost/price-operation.ts';
import { loadSupergraph, type LoadedSupergraph } from '../engine/load-supergraph.ts';
import { rehearse } from '../engine/rehearse.ts';
import { sampleVariables } from '../engine/sample-variables.ts';
import { assertWithin, generalLimits, maxFetchesOfRegistered } from '../operation-limits.ts';
import { createDocumentReader } from '../operation/read-document.ts';
import { roles } from '../roles.ts';
import { readSupergraph } from '../supergraph.ts';

const log = createLogger({ service: 'gateway', level: 'silent' });
const sdl = readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');
const registered = readManifests().flatMap(({ client, version, operations }) =>
  operations.map((operation) => ({ ...operation, place: `${operation.name} of ${client} ${version}` })),
);

/** How many items a screen asks for at once. */
const pageOnScreen = { first: 20 };
const priceOperation = createOperationPricing();

let supergraph: LoadedSupergraph;
let fetchesOf: ReadonlyMap<string, number | null>;
beforeAll(async () => {
  const unreachable = { process: () => Promise.reject(new Error('nothing is fetched')) };
  supergraph = await loadSupergraph(readSupergraph(sdl, {}), { sourceOf: () => unreachable, hasPolicies: true, log });
  const rehearsed = await rehearse(supergraph, registered, log);
  fetchesOf = new Map(rehearsed.map(({ operation, fetches }) => [operation.body, fetches]));
});
afterAll(() => supergraph.stop());

function operationIn(body: string): OperationDefinitionNode {
  const [operation] = parse(body).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a body begins with its operation');
  return operation;
}

function estimate(body: string): number {
  const [document, operation] = [parse(body), operationIn(body)];
  const variables = { ...sampleVariables(supergraph.schema, operation), ...pageOnScreen };
  return priceOperation(supergraph, { document, operation, variables }).estimated;
}

describe('An operation that a client registered', () => {
  it('is one of many', () => {
    expect(registered.length).toBeGreaterThan(15);
  });

  it.each(registered)('fits the contract of apps, and their limits: $place', ({ body }) => {
    expect(validate(supergraph.contracts.public, parse(body))).toEqual([]);
    assertWithin(createDocumentReader(generalLimits).read(body).facts, roles.CUSTOMER.limits);
  });

  it.each(registered)('is planned in a bounded number of fetches: $place', ({ body, type }) => {
    const fetches = fetchesOf.get(body);
    expect(operationIn(body).operation).toBe(type === 'query' ? OperationTypeNode.QUERY : OperationTypeNode.MUTATION);
    expect(fetches).not.toBeNull();
    expect(fetches).toBeLessThanOrEqual(maxFetchesOfRegistered);
  });

  it.each(registered)('is within a customer’s means: $place', ({ body }) => {
    expect(estimate(body)).toBeLessThanOrEqual(roles.CUSTOMER.maxCost);
  });

  it('is accounted for', () => {
    const table = registered.map(({ place, body }) => ({
      place,
      fetches: fetchesOf.get(body),
      cost: estimate(body),
    }));
    console.table(table);
    expect(table.filter(({ fetches }) => fetches === null)).toEqual([]);
  });
});

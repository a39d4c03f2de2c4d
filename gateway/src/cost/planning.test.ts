import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpuUsage } from 'node:process';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@supergraph/platform/telemetry';

import { loadSupergraph, type LoadedSupergraph } from '../engine/load-supergraph.ts';
import { rehearse } from '../engine/rehearse.ts';
import { assertWithin, generalLimits } from '../operation-limits.ts';
import { chooseOperation, createDocumentReader } from '../operation/read-document.ts';
import { roles } from '../roles.ts';
import { readSupergraph } from '../supergraph.ts';
import { createOperationPricing } from './price-operation.ts';

const log = createLogger({ service: 'gateway', level: 'silent' });
const sdl = readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');
const { limits, maxCost } = roles.CUSTOMER;
const { read } = createDocumentReader(generalLimits);
const priceOperation = createOperationPricing();

let supergraph: LoadedSupergraph;
beforeAll(async () => {
  const unreachable = { process: () => Promise.reject(new Error('nothing is fetched')) };
  supergraph = await loadSupergraph(readSupergraph(sdl, {}), { sourceOf: () => unreachable, hasPolicies: true, log });
});
afterAll(() => supergraph.stop());

function costOf(query: string): number {
  const document = read(query);
  assertWithin(document.facts, limits);
  const operation = chooseOperation(document, null);
  return priceOperation(supergraph, { document: document.document, operation, variables: {} }).estimated;
}

const bill = 'bill { ... on CustomerBill { id line { id phoneNumber } } }';
const orders = 'productOrders(first: 1) { edges { node { id line { id phoneNumber } } } }';
const inquiries = 'billInquiries(first: 1) { edges { node { id line { id phoneNumber } } } }';
const product = 'currentProduct { id line { id phoneNumber } }';

/** The same line under many names, each time with fields that lead to other subgraphs and back. */
const lines = (count: number, content: string) =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: line(id: "x") { id phoneNumber ${content} }`).join(' ')} }`;

/**
 * What planning takes of the processor once the code is warm, which is no less than the loop stands still. Spelled anew,
 * an operation is planned anew.
 */
async function planMs(query: string): Promise<number> {
  const attempts: number[] = [];
  for (let attempt = 0; attempt < 25; attempt += 1) {
    const before = cpuUsage();
    const [outcome] = await rehearse(supergraph, [{ name: 'worst', body: `${query}${' '.repeat(attempt)}` }], log);
    const { user, system } = cpuUsage(before);
    expect(outcome?.fetches).toBeGreaterThan(1);
    attempts.push((user + system) / 1_000);
  }
  return Math.min(...attempts);
}

describe('The worst operations that a customer may ask', () => {
  it.each([
    ['ten lines, far and back', lines(10, `${bill} currentProduct { id line { id phoneNumber ${bill} } }`)],
    ['ten lines, cheaply to three subgraphs each', lines(10, `${orders} ${inquiries}`)],
    ['seven lines, every way there is', lines(7, `${orders} ${inquiries} ${bill} ${product}`)],
  ])('(%s) are planned without a stall', async (_what, query) => {
    expect(costOf(query)).toBeLessThanOrEqual(maxCost);
    expect(await planMs(query)).toBeLessThan(100);
  });

  it('are bounded by cost where they are not by size', () => {
    expect(costOf(lines(10, `${bill} ${product} bills(first: 7) { edges { node { id } } }`))).toBeGreaterThan(maxCost);
  });
});

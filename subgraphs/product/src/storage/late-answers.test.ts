import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@supergraph/database/testing';
import { createCache } from '@supergraph/platform/cache';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { createManualClock } from '@supergraph/platform/testing';
import { DAY_MS, SECOND_MS } from '@supergraph/platform/time';
import { z } from 'zod';

import { createCustomerRegister } from './customer-register.ts';
import { createReadKept } from './kept-answers.ts';
import { openProductDatabase, type ProductDatabase } from './product-database.ts';

const clock = createManualClock('2026-09-15T03:00:00.000Z');
const cipher = createFieldCipher({ activeKeyId: 'k1', keys: { k1: randomBytes(32) } });

let made: Awaited<ReturnType<typeof createTestDatabase>>;
let database: ProductDatabase;

beforeAll(async () => {
  made = await createTestDatabase('product');
  database = openProductDatabase({ url: made.url, maxConnections: 5, onError: () => undefined });
});
afterAll(async () => {
  await database.$disconnect();
  await made.drop();
});

/** Reads as one process does that shares the database with others and no cache. */
function aReader() {
  const cache = createCache({ clock, random: () => 0, prefix: 'test', memory: { maxEntries: 10 } });
  const onStorageFailure = (error: unknown): void => {
    throw error;
  };
  const readKept = createReadKept({ cache, database, cipher, clock, onStorageFailure });
  return async (ask: () => Promise<string>): Promise<string> => {
    const rule = { freshMs: DAY_MS, staleMs: DAY_MS };
    const known = await readKept({
      name: 'plan',
      rule,
      decode: (raw) => z.string().parse(raw),
      ask,
      askInBackground: ask,
    });
    await cache.close();
    return known.value;
  };
}

const notAsked = () => Promise.reject(new Error('KOS was asked although its answer is kept'));

describe('An answer of KOS that comes after one that was asked for later', () => {
  it('is given to whoever asked, and is not what is kept', async () => {
    const kos = new EventEmitter();
    const asked = once(kos, 'asked');
    const early = aReader()(async () => {
      const answered = once(kos, 'answer');
      kos.emit('asked');
      await answered;
      return 'old';
    });
    await asked;
    clock.advance(SECOND_MS);
    expect(await aReader()(() => Promise.resolve('new'))).toBe('new');
    kos.emit('answer');
    expect(await early).toBe('old');
    expect(await aReader()(notAsked)).toBe('new');
  });

  it('takes no line from a customer, and gives none back', async () => {
    const register = createCustomerRegister({ database, cipher, lineIdOf: (number) => `line of ${number}` });
    const then = clock.now();
    clock.advance(SECOND_MS);
    const told = { profile: null, lineNumbers: ['01000000001', '01000000002'] };
    await register.save('CUST001', told, clock.now());
    await register.save('CUST001', { ...told, lineNumbers: ['01000000002', '01000000003'] }, then);
    const lines = (await register.find('CUST001'))?.lines.map(({ lineNumber }) => lineNumber);
    expect(lines?.toSorted()).toEqual(told.lineNumbers);
  });
});

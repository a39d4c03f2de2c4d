import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';
import { createLogger } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';
import { DAY_MS } from '@supergraph/platform/time';
import { operationIdOf, type OperationManifest } from '@supergraph/schema/operation-manifest';
import fc from 'fast-check';
import { parse, print } from 'graphql';

import { canonicalTextOf } from './canonical-text.ts';
import { readOperationModes } from './operation-modes.ts';
import { createOperationRegistry } from './operation-registry.ts';
import { createPersistedOperations } from './persisted-operations.ts';
import { createMemoryTextStore, createRedisTextStore, type TextStore } from './text-store.ts';

const canonical = (text: string) => canonicalTextOf(parse(text));

const bill = 'query Bill($id: ID!) { line(id: $id) { id ...Label } } fragment Label on Line { phoneNumber }';
const oldMain = 'query Main { me { id } }';
const main = 'query Main { me { id loginId } }';
const iosMain = 'query Main { me { loginId } }';
const unregistered = 'query Other { me { role } }';

const manifest = (client: string, version: string, bodies: readonly string[]): OperationManifest => ({
  client,
  version,
  operations: bodies.map((body) => ({ id: operationIdOf(body), name: 'X', type: 'query', body })),
});
const manifests = [
  manifest('web', '1.0.0', [oldMain]),
  manifest('web', '1.1.0', [main, bill]),
  manifest('ios', '1.0.0', [iosMain]),
];

interface Asking {
  readonly mayExplore: boolean;
  readonly userId: string | null;
}
const anybody: Asking = { mayExplore: false, userId: null };
const kim: Asking = { mayExplore: false, userId: 'usr_1' };
const analyst: Asking = { mayExplore: true, userId: 'usr_9' };

function desk(modes: string, store: TextStore = createMemoryTextStore()) {
  const logged: string[] = [];
  const clock = createManualClock('2026-11-21T03:00:00.000Z');
  const found = readOperationModes(modes);
  if (found === null) throw new Error('no modes');
  const operations = createPersistedOperations({
    registry: createOperationRegistry(manifests),
    modes: found,
    store,
    clock,
    log: createLogger({ service: 'gateway', level: 'info', destination: { write: (line) => void logged.push(line) } }),
  });
  /** The text that runs. */
  const ask = async (client: string | null, asked: { query?: string; documentId?: string }, role = anybody) => {
    const resolved = await operations.resolve({ query: null, documentId: null, ...asked }, client);
    const document = parse(resolved.text);
    operations.assertRegistered(resolved, document, role);
    await operations.keep(resolved, document, role);
    return resolved.text;
  };
  const isKept = async (text: string) => (await store.get(operationIdOf(text))) !== null;
  return { ask, isKept, logged, clock };
}

describe('Two documents are the same', () => {
  it.each([
    ['however they are laid out', 'query Bill($id:ID!){line(id:$id){id,...Label}}fragment Label on Line{phoneNumber}'],
    ['whatever is commented', `# a\n${bill.replace('{ id ', '{ # b\n id ')}`],
    ['wherever fragments stand', `${bill.slice(bill.indexOf('fragment'))} ${bill.slice(0, bill.indexOf('fragment'))}`],
    [
      'whether or not a client library asks for type names',
      bill.replace('{ id ', '{ id __typename ').replace('{ phoneNumber', '{ phoneNumber __typename'),
    ],
  ])('%s', (_how, text) => {
    expect(canonical(text)).toBe(canonical(bill));
  });

  it.each([
    ['with other fields', bill.replace('{ id ', '{ ')],
    ['with fields in another order', bill.replace('id ...Label', '...Label id')],
    ['with another name', bill.replace('query Bill', 'query Bills')],
    ['with another argument', bill.replace('id: $id', 'id: "x"')],
    ['with a type name under another name', bill.replace('{ id ', '{ id type: __typename ')],
    ['with a directive', bill.replace('{ id ', '{ id @skip(if: false) ')],
  ])('but not %s', (_how, text) => {
    expect(canonical(text)).not.toBe(canonical(bill));
  });

  it('and stay it once they are written in their own way', () => {
    const selection = fc.letrec<{ set: string; one: string }>((tie) => ({
      set: fc.array(tie('one'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
      one: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('a', '__typename', 'b: __typename', 'c(d: "e\\n")', '...F', 'g @include(if: $x)'),
        tie('set').map((set) => `h ${set}`),
        tie('set').map((set) => `... on T ${set}`),
      ),
    })).set;
    fc.assert(
      fc.property(selection, selection, (one, other) => {
        const text = canonical(`query Z($x: Boolean!) ${one} fragment F on T ${other}`);
        expect(canonical(text)).toBe(text);
        expect(canonical(`fragment F on T ${other} query Z($x: Boolean!) ${one}`)).toBe(text);
        expect(canonical(print(parse(text)).replaceAll('\n', ','))).toBe(text);
      }),
    );
  });
});

describe('A client bound to the safelist', () => {
  const { ask } = desk('web=safelist,*=log');

  it('may send what any of its versions registered, by id or in its own layout', async () => {
    expect(await ask('web', { documentId: operationIdOf(oldMain) })).toBe(oldMain);
    expect(await ask('web', { documentId: `sha256:${operationIdOf(main)}` })).toBe(main);
    expect(await ask('web', { query: main.replaceAll(' ', '\n') })).toBe(main.replaceAll(' ', '\n'));
    expect(await ask('web', { query: main, documentId: operationIdOf(main) })).toBe(main);
  });

  it('may not send anything else, nor what another client registered', async () => {
    await expect(ask('web', { query: unregistered })).rejects.toThrow(new CodedError('OPERATION_NOT_REGISTERED'));
    await expect(ask('web', { query: iosMain })).rejects.toThrow(new CodedError('OPERATION_NOT_REGISTERED'));
    await expect(ask('web', { documentId: operationIdOf(iosMain) })).rejects.toThrow(
      new CodedError('PERSISTED_QUERY_NOT_FOUND'),
    );
  });

  it('may in the hands of somebody who explores', async () => {
    expect(await ask('web', { query: unregistered }, analyst)).toBe(unregistered);
  });
});

describe('A client bound to ids', () => {
  const { ask } = desk('ios=id-only,*=safelist');

  it('may send the ids of its operations, with or without the text', async () => {
    expect(await ask('ios', { documentId: operationIdOf(iosMain) })).toBe(iosMain);
    expect(await ask('ios', { documentId: operationIdOf(iosMain), query: iosMain })).toBe(iosMain);
  });

  it('may not send the text alone', async () => {
    await expect(ask('ios', { query: iosMain })).rejects.toThrow(new CodedError('OPERATION_NOT_REGISTERED'));
  });

  it('is not escaped by taking another name, or none', async () => {
    await expect(ask('nobody', { query: unregistered })).rejects.toThrow(new CodedError('OPERATION_NOT_REGISTERED'));
    await expect(ask(null, { query: unregistered })).rejects.toThrow(new CodedError('OPERATION_NOT_REGISTERED'));
    expect(await ask(null, { query: main })).toBe(main);
  });
});

describe('A client that is only watched', () => {
  it('may send anything, and what is not registered is written down once', async () => {
    const { ask, logged } = desk('*=log');
    await ask('web', { query: main });
    expect(logged).toEqual([]);
    await ask('web', { query: unregistered });
    await ask('web', { query: unregistered });
    expect(logged.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ client: 'web', operationId: operationIdOf(unregistered) }),
    ]);
  });

  it('may register an operation by sending its hash with it, and then the hash alone', async () => {
    const { ask } = desk('*=log');
    const documentId = operationIdOf(unregistered);
    await expect(ask(null, { documentId })).rejects.toThrow(new CodedError('PERSISTED_QUERY_NOT_FOUND'));
    expect(await ask(null, { documentId, query: unregistered })).toBe(unregistered);
    expect(await ask(null, { documentId })).toBe(unregistered);
  });

  it('may not register one text under the hash of another', async () => {
    const { ask } = desk('*=log');
    const mismatch = { documentId: operationIdOf(main), query: unregistered };
    await expect(ask(null, mismatch)).rejects.toThrow(new CodedError('PERSISTED_QUERY_MISMATCH'));
  });

  it('registers no text with somebody’s data in it', async () => {
    const { ask } = desk('*=log');
    const query = '{ line(id: "010-1234-5678") { id } }';
    const documentId = operationIdOf(query);
    expect(await ask(null, { documentId, query })).toBe(query);
    await expect(ask(null, { documentId })).rejects.toThrow(new CodedError('PERSISTED_QUERY_NOT_FOUND'));
  });
});

describe('Whoever registers texts without end', () => {
  const padded = (characters: number) => `{ __typename${' '.repeat(characters)}}`;

  it('has as many kept at once as a program has operations, and leaves room for everybody else', async () => {
    const { ask, isKept, clock } = desk('*=log');
    let registered = 0;
    const registerMany = async (role: Asking) => {
      let kept = 0;
      for (let nth = 0; nth < 200; nth += 1) {
        const query = padded((registered += 1));
        expect(await ask(null, { query, documentId: operationIdOf(query) }, role)).toBe(query);
        if (await isKept(query)) kept += 1;
      }
      return kept;
    };
    expect([await registerMany(anybody), await registerMany(anybody), await registerMany(kim)]).toEqual([50, 0, 50]);
    clock.advance(DAY_MS);
    expect(await registerMany(anybody)).toBe(50);
  });

  it('has none kept that is longer than operations are', async () => {
    const { ask, isKept } = desk('*=log');
    const long = padded(8_192);
    expect(await ask(null, { query: long, documentId: operationIdOf(long) })).toBe(long);
    expect(await isKept(long)).toBe(false);
  });
});

describe('Texts that clients registered', () => {
  it('are kept in Redis for a day, and not found while it is away', async () => {
    const kept = new Map<string, string>();
    let isAway = false;
    const failures: unknown[] = [];
    const answer = <Value>(value: Value) => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(value));
    const redis = {
      get: (key: string) => answer(kept.get(key) ?? null),
      set: (key: string, value: string, expiry: 'EX', seconds: number) => {
        if (!isAway) kept.set(key, value);
        return answer([expiry, seconds]);
      },
    };
    const store = createRedisTextStore(redis, { prefix: 'p:', failed: (error) => failures.push(error) });
    const { ask } = desk('*=log', store);
    const documentId = operationIdOf(unregistered);
    await ask(null, { documentId, query: unregistered });
    expect([...kept]).toEqual([[`p:${documentId}`, unregistered]]);
    expect(await ask(null, { documentId })).toBe(unregistered);
    isAway = true;
    await expect(ask(null, { documentId })).rejects.toThrow(new CodedError('PERSISTED_QUERY_NOT_FOUND'));
    expect(await ask(null, { documentId, query: unregistered })).toBe(unregistered);
    expect(failures).toHaveLength(2);
  });

  it('are not believed when they are not what their id says', async () => {
    const lying: TextStore = { get: () => Promise.resolve(main), put: () => Promise.resolve() };
    const { ask } = desk('*=log', lying);
    await expect(ask(null, { documentId: operationIdOf(unregistered) })).rejects.toThrow(
      new CodedError('PERSISTED_QUERY_NOT_FOUND'),
    );
  });
});

describe('The modes of clients', () => {
  it('are read from one line', () => {
    expect([...(readOperationModes('web=safelist, ios=id-only,*=log') ?? [])]).toEqual([
      ['web', 'safelist'],
      ['ios', 'id-only'],
      ['*', 'log'],
    ]);
  });

  it.each(['', 'web', 'web=', '=log', 'web=strict', 'web=log=log', 'web=log,'])('cannot be read from "%s"', (text) => {
    expect(readOperationModes(text)).toBeNull();
  });
});

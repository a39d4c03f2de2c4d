import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Kind, parse, visit } from 'graphql';
import { z } from 'zod';

import { sensitiveKinds } from '../privacy/index.ts';
import { createLogger, describeError, isSensitiveField, type Logger } from './index.ts';

function aLog(): { readonly log: Logger; readonly lines: string[]; readonly last: () => Record<string, unknown> } {
  const lines: string[] = [];
  const log = createLogger({
    service: 'test',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines, last: () => z.record(z.string(), z.unknown()).parse(JSON.parse(lines.at(-1) ?? '')) };
}

const readSchema = (file: string) =>
  parse(readFileSync(createRequire(import.meta.url).resolve(`@supergraph/schema/${file}`), 'utf8'));

describe('a line of the log', () => {
  it('says what happened, to whom it belongs and when', () => {
    const { log, last } = aLog();
    log.info({ orderId: 'po_1', attempts: 3, at: new Date('2026-11-21T03:00:00Z') }, 'an order is settled');
    expect(last()).toEqual({
      level: 30,
      time: expect.any(String),
      service: 'test',
      msg: 'an order is settled',
      orderId: 'po_1',
      attempts: 3,
      at: '2026-11-21T03:00:00.000Z',
    });
  });

  it('hides fields of sensitive names at any depth, however they are written', () => {
    const { log, lines, last } = aLog();
    const customer = { customer_name: '홍카나리아', lines: [{ 'Phone-Number': '홍', lineNumber: 1012345678 }] };
    log.warn({ asked: { input: { customer } }, PASSWORD: '홍', variables: { note: '홍' }, token: null }, 'x');
    expect(lines.join()).not.toMatch(/홍|1012345678/);
    expect(last()).toMatchObject({
      asked: { input: { customer: { customer_name: '***', lines: [{ 'Phone-Number': '***', lineNumber: '***' }] } } },
    });
  });

  it('is scrubbed in texts, field names and the message', () => {
    const { log, lines } = aLog();
    log.info({ key: 'bill:01099990001:2026-11', '010-9999-0001': 1 }, 'no line +82 10 9999 0001');
    expect(lines.join()).not.toMatch(/9999.?0001/);
    expect(lines.join()).toContain('bill:[phone]:2026-11');
  });

  it('is scrubbed in errors and what caused them, wherever they stand', () => {
    const { log, lines } = aLog();
    const cause = new Error('Key (login)=(hong@example.com) exists', { cause: new TypeError('token=hunter2') });
    log.error(describeError(new Error('no line 010-9999-0001', { cause })), 'failed');
    log.error(new Error('no line 010-9999-0001'));
    log.error({ deep: [{ cause }] }, 'failed');
    expect(lines.join()).not.toMatch(/9999|hong|hunter2/);
    expect(lines[0]).toContain(
      'Error: no line [phone] <- Error: Key (login)=([email]) exists <- TypeError: token=[secret]',
    );
  });

  it('survives whatever it is given', () => {
    const { log, lines } = aLog();
    const circular: Record<string, unknown> = { big: 10n, bytes: Buffer.from('010-9999-0001') };
    circular['self'] = circular;
    log.info({ circular, url: new URL('http://hong:hunter2@example.com/?to=01099990001') }, 'odd');
    fc.assert(
      fc.property(fc.object({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), (fields) => {
        log.debug(fields, 'any');
      }),
    );
    expect(lines[0]).not.toMatch(/hunter2|01099990001/);
    for (const line of lines) expect(() => void JSON.parse(line)).not.toThrow();
  });
});

describe('the schema and the log', () => {
  it('know the same kinds of sensitive values', () => {
    const kinds = readSchema('directives.graphql').definitions.flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION ? (node.values ?? []).map(({ name }) => name.value) : [],
    );
    expect([...sensitiveKinds].sort()).toEqual(kinds.sort());
  });

  it.each(['auth', 'billing', 'product'])('agree on the names of what is sensitive in %s', (subgraph) => {
    const shown: string[] = [];
    const isSensitive = (node: { readonly directives?: readonly { readonly name: { readonly value: string } }[] }) =>
      node.directives?.some(({ name }) => name.value === 'sensitive') === true;
    const check = (node: Parameters<typeof isSensitive>[0] & { readonly name: { readonly value: string } }) => {
      if (isSensitive(node) && !isSensitiveField(node.name.value)) shown.push(node.name.value);
    };
    visit(readSchema(`subgraphs/${subgraph}.graphql`), { FieldDefinition: check, InputValueDefinition: check });
    expect(shown).toEqual([]);
  });
});

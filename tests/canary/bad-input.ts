import { createHash } from 'node:crypto';

import { preCheck, change, inquire, logIn } from '../e2e/walk-operations.ts';
import type { Asker } from './asker.ts';
import { canary } from './canaries.ts';

const settle = /* GraphQL */ `
  mutation Settle($input: SettleProductOrderInput!) {
    settleProductOrder(input: $input) {
      ... on UserError {
        code
        message
      }
    }
  }
`;
const asName = (text: string): string => text.replaceAll(/\W/g, '_');
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Operations that cannot be carried out, with a text where something else belongs. */
export async function askAmiss({ ask }: Asker, text: string, token: string): Promise<void> {
  const quoted = JSON.stringify(text);
  const variables: readonly (readonly [query: string, variables: Readonly<Record<string, unknown>>])[] = [
    ['query ($id: ID!) { line(id: $id) { id phoneNumber } }', { id: text }],
    ['query ($id: ID!) { line(id: $id) { id phoneNumber } }', { id: { [text]: text } }],
    ['query ($id: ID!) { billInquiry(id: $id) { id } }', { id: text }],
    ['query ($after: String) { productOfferings(after: $after) { totalCount } }', { after: text }],
    ['query ($first: Int!) { productOfferings(first: $first) { totalCount } }', { first: text }],
    [
      'query ($month: YearMonth) { billInquiryMenu { lines { bill(billingMonth: $month) { __typename } } } }',
      { month: text },
    ],
    [logIn, { input: text }],
    [logIn, { input: { loginId: text, password: canary.password } }],
    [logIn, { input: { loginId: [text], password: { of: text } } }],
    [logIn, { input: { loginId: canary.loginId, password: canary.password, [asName(text)]: text } }],
    [
      'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename } }',
      { input: { refreshToken: text } },
    ],
    [
      'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }',
      { input: { sessionId: text } },
    ],
    [inquire, { input: { lineId: text, billingMonth: text } }],
    [preCheck, { input: { lineId: text, productOfferingId: text } }],
    [change, { input: { lineId: text, productOfferingId: text, externalId: 'wish' } }],
    [settle, { input: { productOrderId: text, outcome: 'COMPLETED', evidence: text } }],
    ['{ me { id } }', { unknown: text }],
  ];
  for (const [query, given] of variables) await ask(query, given, token);

  const texts = [
    `{ line(id: ${quoted}) { id } }`,
    `{ line(id: 7, name: ${quoted}) { id } }`,
    `{ x${asName(text)} }`,
    `query x${asName(text)} { me { x${asName(text)}: nothing } }`,
    `{ x${asName(text)}: line(id: "ln_nothing") { bill { __typename } } }`,
    `mutation { login(input: { loginId: ${quoted}, password: ${quoted} }) { __typename } }`,
    `{ me(${text}`,
    text,
  ];
  for (const query of texts) await ask(query, {}, token);
}

/** Requests that are no operation, with a text in every part of them. */
export async function sendAmiss({ send }: Asker, text: string): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const inAddress = encodeURIComponent(text);
  const post = (body: string, headers: Readonly<Record<string, string>> = json) =>
    send('/graphql', { method: 'POST', headers, body });
  await post(`{"query": "{ me { id } }", "variables": {"x": "${text}`);
  await post(JSON.stringify([{ query: text }]));
  await post(JSON.stringify({ query: '{ me { id } }', operationName: text }));
  await post(JSON.stringify({ query: '{ me { id } }', variables: text }));
  await post(JSON.stringify({ query: '{ me { id } }', [text]: text }));
  await post(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: text } } }));
  const registrable = [
    `{ line(id: ${JSON.stringify(text)}) { id } }`,
    `{ me { x${asName(text)}: id } }`,
    `{ me { id } } # ${text.replaceAll('\n', ' ')}`,
  ];
  for (const query of registrable) {
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    await post(JSON.stringify({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } }));
  }
  await post(text, { 'content-type': 'text/plain' });
  await send(`/graphql?query=${inAddress}&variables=${inAddress}`, {});
  await send(`/graphql?query=${encodeURIComponent('{ me { id } }')}&operationName=${inAddress}`, {});
  await send(`/${inAddress}?${inAddress}`, {});
  if (!isPlain(text)) return;
  for (const name of [
    'authorization',
    'x-request-id',
    // what looks like the name of a program is taken for one
    ...(text === canary.loginId ? [] : ['apollographql-client-name']),
    'x-forwarded-for',
    'cookie',
    'origin',
  ])
    await post(JSON.stringify({ query: `{ me { id } } # ${name} ${text}` }), {
      ...json,
      [name]: name === 'authorization' ? `Bearer ${text}` : text,
    });
}

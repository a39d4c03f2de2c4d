import { createHmac, createPublicKey } from 'node:crypto';

import type { Attack } from '../kit/attack.ts';
import { json } from '../kit/send.ts';

const questions = [
  '{ __typename }',
  '{ _service { sdl } }',
  '{ me { id loginId } }',
  '{ _entities(representations: [{ __typename: "Line", id: "ln_AAAAAAAAAAAAAAAAAAAAAA" }]) { __typename } }',
  'mutation { login(input: { loginId: "testuser01", password: "demo-password-01" }) { __typename } }',
];
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

export const attack: Attack = {
  threat: 'T6',
  title: 'A subgraph answers nobody but the gateway',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const { access } = await target.logIn('testuser01');
    const pem = Buffer.from(own.secrets['INTERNAL_TOKEN_PUBLIC_KEY'] ?? '', 'base64').toString('utf8');
    const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
    const soon = Math.floor(Date.now() / 1_000) + 50;
    const names = ['auth', 'billing', 'product'] as const;
    const headersFor = (name: string): readonly Readonly<Record<string, string>>[] => {
      const claims = {
        iss: 'urn:mvno:gateway',
        aud: `urn:mvno:subgraph:${name}`,
        sub: 'usr_1',
        role: 'OPERATOR',
        exp: soon,
      };
      const content = (alg: string) => `${encode({ alg, typ: 'internal+jwt', kid: 'internal' })}.${encode(claims)}`;
      return [
        {},
        { authorization: `Bearer ${access}` },
        { 'x-user-id': '1', 'x-customer-id': 'CUST001', 'x-role': 'OPERATOR', 'x-scopes': 'ADMIN' },
        { 'x-internal-token': access },
        { 'x-internal-token': `${content('none')}.` },
        {
          'x-internal-token': `${content('HS256')}.${createHmac('sha256', publicKey).update(content('HS256')).digest('base64url')}`,
        },
        { 'x-internal-token': `${content('ES256')}.${Buffer.alloc(64).toString('base64url')}` },
        { 'x-forwarded-for': '10.0.0.1', 'x-gateway': 'true', 'apollo-federation-include-trace': 'ftv1' },
      ];
    };
    let calls = 0;
    for (const name of names) {
      const url = own.others[name] ?? '';
      for (const headers of headersFor(name)) {
        for (const query of questions) {
          const heard = await trial.send({ headers: { ...json, ...headers }, body: JSON.stringify({ query }) }, url);
          trial.holds(
            heard.status === 401,
            `${name} answers ${query} with ${Object.keys(headers).join()}: ${heard.status}`,
          );
          calls += 1;
        }
      }
      const other = names.find((each) => each !== name) ?? '';
      const through = await trial.ask('{ me { id } }', {
        token: access,
        headers: { 'x-internal-token': `${encode({ alg: 'none' })}.${encode({ aud: other })}.`, 'x-user-id': 'usr_2' },
      });
      trial.holds(through.status === 200, `internal headers of a client disturb the gateway: ${through.status}`);
    }
    return `${calls} direct calls to three subgraphs with eight kinds of forged headers`;
  },
};

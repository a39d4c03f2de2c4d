import { z } from 'zod';

import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';
import { valueAt } from '../kit/trial.ts';

const mostSessions = 5;
const lifeMinutes = 30;
const claimsSchema = z.looseObject({ exp: z.number(), iat: z.number() });
const personal = /testuser|01012345678|김|@|demo-/;

export const attack: Attack = {
  threat: 'A11',
  title: 'Sessions are few, seen and ended by their owner, and tokens say nothing of a person',
  async run(target, trial) {
    const tokens: string[] = [];
    for (let nth = 0; nth <= mostSessions; nth += 1) tokens.push((await target.logIn('testuser03')).access);
    const [oldest = '', newest = ''] = [tokens[0], tokens.at(-1)];
    trial.refused('the first of six sessions', await trial.ask(whoAmI, { token: oldest }), 'SESSION_REVOKED');
    const { data } = await trial.ask('{ me { sessions { id isCurrent } } }', { token: newest });
    const sessions = valueAt(data, 'me', 'sessions');
    const all: readonly unknown[] = Array.isArray(sessions) ? sessions : [];
    trial.holds(all.length === mostSessions, `${all.length} sessions live`);
    const other = all.find((session) => valueAt(session, 'isCurrent') === false);
    const { access: stranger } = await target.logIn('testuser02');
    const revoke = 'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }';
    const input = { sessionId: valueAt(other, 'id') };
    const foreign = await trial.ask(revoke, { token: stranger, variables: { input } });
    trial.holds(
      valueAt(foreign.data, 'revokeSession', '__typename') === 'SessionNotFound',
      'a stranger ends a session',
    );
    const own = await trial.ask(revoke, { token: newest, variables: { input } });
    trial.holds(
      valueAt(own.data, 'revokeSession', '__typename') === 'SessionRevoked',
      'its owner cannot end a session',
    );

    const [head = '', payload = ''] = newest.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
    trial.holds(!personal.test(payload), `a token says ${payload}`);
    trial.holds(head.includes('"ES256"') && head.includes('"at+jwt"'), `a token is of the kind ${head}`);
    const { exp, iat } = claimsSchema.parse(JSON.parse(payload));
    trial.holds(exp - iat <= lifeMinutes * 60, `a token lives ${exp - iat} s`);
    return `${mostSessions + 1} log-ins, a session ended by a stranger and by its owner, the inside of a token`;
  },
};

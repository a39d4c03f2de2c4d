import { demoAccounts } from '@supergraph/auth/demo-accounts';

import { createKosDoor } from './kos-door.ts';
import { freshAddress, json, send } from './send.ts';
import { starvationOf } from './starvation.ts';
import type { OwnStack, Target } from './target.ts';
import { textAt, valueAt } from './trial.ts';

const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        deviceToken
        tokens {
          accessToken
          refreshToken
        }
      }
    }
  }
`;

/** Makes a target of a gateway's address, with the switches of its KOS and with its inside where these are known. */
export function openTarget(options: {
  readonly url: string;
  readonly kosAdminUrl: string | null;
  readonly own: OwnStack | null;
  /** The gateway's process, if it is ours. */
  readonly pid?: number;
}): Target {
  const { url, kosAdminUrl, own, pid = null } = options;
  const [theirs, ours] = [starvationOf(pid), starvationOf(process.pid)];
  const passwords = new Map(demoAccounts.map(({ loginId, password }) => [loginId, password]));
  const target: Target = {
    url,
    own,
    kos: kosAdminUrl === null ? null : createKosDoor(kosAdminUrl),
    async send(sent, at = url) {
      const [theirsBefore, oursBefore] = [theirs(), ours()];
      const reply = await send(at, sent);
      // a machine with too much to do slows down both, and neither is to blame
      const starvedMs = Math.max(theirs() - theirsBefore, ours() - oursBefore);
      return { ...reply, tookMs: Math.max(0, reply.tookMs - starvedMs) };
    },
    async logIn(loginId, at = url) {
      const input = { loginId, password: passwords.get(loginId) ?? '' };
      const reply = await target.send(
        { headers: json, body: JSON.stringify({ query: logIn, variables: { input } }), from: freshAddress() },
        at,
      );
      const login = valueAt(JSON.parse(reply.text), 'data', 'login');
      if (login === undefined || login === null) throw new Error(`${loginId} cannot log in: ${reply.text}`);
      const device = valueAt(login, 'deviceToken');
      return {
        access: textAt(login, 'tokens', 'accessToken'),
        refresh: textAt(login, 'tokens', 'refreshToken'),
        device: typeof device === 'string' ? device : null,
      };
    },
  };
  return target;
}

const everyday =
  '{ me { id customer { profile { name } lines { id phoneNumber bill { __typename } currentProduct { id } } } } }';

/** Has everything done once or more that is done every day: what runs for the first time takes longer. */
export async function warmUp(target: Target): Promise<void> {
  for (const loginId of ['testuser01', 'testuser02', 'operator01']) {
    const { access } = await target.logIn(loginId);
    for (const query of [everyday, everyday, '{ nothing }', '{ me {']) {
      await target.send({ headers: { ...json, authorization: `Bearer ${access}` }, body: JSON.stringify({ query }) });
    }
  }
}

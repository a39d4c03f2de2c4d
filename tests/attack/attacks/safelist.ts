import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';
import { json } from '../kit/send.ts';

const manifestSchema = z.object({
  operations: z.array(z.object({ id: z.string(), name: z.string(), body: z.string() })),
});
const manifest = new URL('../../../schema/operations/web/1.0.0.json', import.meta.url);
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const attack: Attack = {
  threat: 'T10.1',
  title: 'A client bound to registered operations gets nothing else asked',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const url = await own.gateway({ PERSISTED_OPERATIONS: 'web=safelist,app=id-only,*=safelist' });
    const { access: token } = await target.logIn('testuser01');
    const { operations } = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    const send = (client: string | null, body: object) =>
      trial.send(
        {
          headers: {
            ...json,
            authorization: `Bearer ${token}`,
            ...(client !== null && { 'apollographql-client-name': client }),
          },
          body: JSON.stringify(body),
        },
        url,
      );
    const byId = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
    const [known] = operations.filter(({ body }) => body.startsWith('query') && !body.includes('$'));
    if (known === undefined) throw new Error('no registered query goes without variables');

    for (const client of ['web', 'app', 'stranger', null, 'WEB', '__proto__']) {
      const heard = await send(client, { query: whoAmI });
      trial.refused(
        `${String(client)} with a query of their own`,
        heard,
        'OPERATION_NOT_REGISTERED',
        'PERSISTED_QUERY_NOT_FOUND',
      );
    }
    trial.holds((await send('web', { query: known.body })).status === 200, 'a registered operation in full is refused');
    trial.holds((await send('web', byId(known.id))).status === 200, 'a registered operation by its id is refused');
    trial.refused('an id of nothing', await send('web', byId('0'.repeat(64))), 'PERSISTED_QUERY_NOT_FOUND');
    trial.refused(
      'an id that is none',
      await send('web', byId('../../etc/passwd')),
      'PERSISTED_QUERY_NOT_FOUND',
      'BAD_REQUEST',
    );
    const mismatch = await send('web', { query: whoAmI, ...byId(known.id) });
    trial.refused('another text under a good id', mismatch, 'PERSISTED_QUERY_MISMATCH');
    // registering by oneself is for those who may ask anything
    await send('web', { query: whoAmI, ...byId(idOf(whoAmI)) });
    trial.refused(
      'an id registered by its own client',
      await send('web', byId(idOf(whoAmI))),
      'PERSISTED_QUERY_NOT_FOUND',
      'OPERATION_NOT_REGISTERED',
    );
    const padded = await send('web', { query: `${known.body} { me { id sessions { id } } }` });
    trial.holds(padded.status >= 400, `a registered text with another operation behind it: ${padded.status}`);
    return 'own operations under six names, by id, by another’s id, registered by themselves, hidden behind a registered one';
  },
};

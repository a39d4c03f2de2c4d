import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Attack } from '../kit/attack.ts';
import { textAt, valueAt } from '../kit/trial.ts';

async function serve(answer: RequestListener) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const attack: Attack = {
  threat: 'T24',
  title: 'KOS cannot send us elsewhere',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const secret = await serve((_request, response) =>
      response.end('{"resultCode":"0000","data":{"secret":"hunter2"}}'),
    );
    const kos = await serve((request, response) => {
      response.writeHead(302, { location: `${secret.url}${request.url ?? '/'}` }).end();
    });
    try {
      const { access: token } = await target.logIn('testuser02');
      const { data } = await trial.ask('{ me { customer { lines { id } } } billInquiryMenu { billingMonths } }', {
        token,
      });
      const line = textAt(data, 'me', 'customer', 'lines', 0, 'id');
      const months = valueAt(data, 'billInquiryMenu', 'billingMonths');
      const billing = await own.service('billing', { KOS_URL: kos.url, CACHE_PREFIX: 'attack:v1' });
      const gateway = await own.gateway({ SUBGRAPH_BILLING_URL: `${billing}/graphql` });
      for (const month of Array.isArray(months) ? months.slice(1) : []) {
        const heard = await trial.ask(
          'query ($line: ID!, $month: YearMonth) { line(id: $line) { bill(billingMonth: $month) { __typename ... on UserError { code } } } }',
          { token, variables: { line, month } },
          gateway,
        );
        trial.holds(
          !heard.text.includes('hunter2') && heard.status === 200,
          `${String(month)}: ${heard.text.slice(0, 120)}`,
        );
      }
      trial.holds(kos.calls() > 0, 'the redirecting KOS was never asked');
      trial.holds(secret.calls() === 0, `${secret.calls()} requests went where KOS sent them`);
      return `${kos.calls()} redirects by KOS, ${secret.calls()} followed`;
    } finally {
      kos.close();
      secret.close();
    }
  },
};

import type { Attack } from '../kit/attack.ts';

const contentTypes = [
  undefined,
  '',
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/xml',
  'application/octet-stream',
  'application/graphql',
  'text/json',
  ';application/json',
  'text/plain; application/json',
];
const query = encodeURIComponent('{ me { id } }');
const mutation = encodeURIComponent('mutation { logout(input: {}) { __typename } }');
const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };

export const attack: Attack = {
  threat: 'T11',
  title: 'A page of another site can ask nothing and change nothing',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser01');
    const authorization = `Bearer ${token}`;
    for (const type of contentTypes) {
      for (const body of [JSON.stringify({ query: '{ me { id } }' }), 'query=%7Bme%7Bid%7D%7D']) {
        const headers = { ...foreign, ...(type !== undefined && { 'content-type': type }), cookie: `token=${token}` };
        const heard = await trial.send({ headers, body });
        trial.holds(heard.status >= 400 && heard.data === undefined, `POST as ${String(type)}: ${heard.status}`);
      }
    }
    for (const accept of ['*/*', 'text/css', 'image/*', 'application/json', '']) {
      const asked = await trial.send({
        method: 'GET',
        path: `/graphql?query=${query}`,
        headers: { ...foreign, accept },
      });
      trial.holds(
        asked.status >= 400 && asked.data === undefined,
        `GET of a query, accepting ${accept}: ${asked.status}`,
      );
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const heard = await trial.send({
        method,
        path: `/graphql?query=${mutation}`,
        headers: { ...foreign, authorization, 'apollo-require-preflight': 'true', accept: 'application/json' },
      });
      trial.holds(heard.status >= 400, `a mutation by ${method}: ${heard.status}`);
    }
    const still = await trial.ask('{ me { id } }', { token });
    trial.holds(still.status === 200, `somebody was signed out: ${still.status}`);
    const preflight = await trial.send({
      method: 'OPTIONS',
      headers: {
        ...foreign,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    const allowed = preflight.headers['access-control-allow-origin'];
    trial.holds(allowed === undefined, `another origin is let in: ${String(allowed)}`);
    return `${contentTypes.length} content types, five kinds of GET, mutations by five methods, a preflight`;
  },
};

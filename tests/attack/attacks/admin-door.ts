import type { Attack } from '../kit/attack.ts';

const paths = [
  '/metrics',
  '/admin',
  '/faults',
  '/debug',
  '/internal/session-check',
  '/.well-known/jwks.json',
  '/status',
  '/env',
  '/.git/config',
  '//metrics',
  '/graphql/../metrics',
  '/%6detrics',
  '/metrics/',
  '/livez/../metrics',
];

export const attack: Attack = {
  threat: 'A0',
  title: 'What is for those who run it is not behind the public port',
  async run(target, trial) {
    const admin = target.own?.others['admin door'];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT']) {
        const heard = await trial.send({ method, path, headers: { 'x-forwarded-for': '127.0.0.1', host: 'admin' } });
        trial.holds(heard.status >= 400 && heard.status < 500, `${method} ${path} is answered ${heard.status}`);
        trial.holds(!heard.text.includes('gateway_requests_total'), `${method} ${path} shows metrics`);
      }
    }
    if (admin !== undefined) {
      const through = await trial.send({ method: 'GET', path: `${admin}/metrics` });
      trial.holds(through.status >= 400, `the public port fetches from the other one: ${through.status}`);
      const metrics = await target.send({ method: 'GET', path: '/metrics' }, admin);
      trial.holds(
        metrics.status === 200 && metrics.text.includes('nodejs_'),
        `the admin door answers ${metrics.status}`,
      );
      trial.holds(!/testuser|010-?\d{4}|ln_|Bearer/.test(metrics.text), 'metrics tell who asked');
      const graph = await target.send({ path: '/graphql', body: '{"query":"{me{id}}"}' }, admin);
      trial.holds(graph.status === 404, `the admin door answers the graph: ${graph.status}`);
    }
    return `${paths.length} addresses by three methods; the admin door through the public one`;
  },
};

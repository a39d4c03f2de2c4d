import type { Attack } from '../kit/attack.ts';

const poison = '{"polluted":"hunter3","toString":null,"isAdmin":true}';
const bodies = [
  `{"query":"{me{id}}","variables":{"__proto__":${poison}}}`,
  `{"query":"{me{id}}","variables":{"constructor":{"prototype":${poison}}}}`,
  `{"query":"{me{id}}","variables":{"a":{"__proto__":${poison}}}}`,
  `{"query":"{me{id}}","variables":{"a":[{"constructor":{"prototype":${poison}}}]}}`,
  `{"query":"{me{id}}","__proto__":${poison}}`,
  `{"query":"{me{id}}","extensions":{"__proto__":${poison}}}`,
  `{"query":"{me{id}}","extensions":{"persistedQuery":{"__proto__":${poison}}}}`,
  '{"query":"query __proto__ {me{id}}","operationName":"__proto__"}',
  '{"query":"query constructor {me{id}}","operationName":"constructor"}',
];
const aliases = [
  '{ __proto__: me { constructor: id } }',
  '{ constructor: me { __proto__: id } }',
  '{ me { __proto__: customer { __proto__: lines { __proto__: id } } } }',
  '{ me { customer { prototype: lines { toString: id hasOwnProperty: phoneNumber valueOf: currentProduct { __proto__: id } } } } }',
  'fragment __proto__ on User { id } { me { ...__proto__ } }',
];

export const attack: Attack = {
  threat: 'T12',
  title: 'No request reaches the prototype of objects',
  async run(target, trial) {
    const { access: token } = await target.logIn('testuser01');
    const authorization = `Bearer ${token}`;
    for (const body of bodies) {
      const heard = await trial.send({ headers: { 'content-type': 'application/json', authorization }, body });
      trial.holds(heard.status < 500, `${body.slice(0, 60)}: ${heard.status}`);
    }
    for (const query of aliases) {
      const heard = await trial.ask(query, { token });
      trial.holds(
        heard.status < 500 && !heard.codes.includes('INTERNAL_SERVER_ERROR'),
        `${query}: ${heard.status} ${heard.codes.join()}`,
      );
    }
    const after = await trial.ask('{ me { id role } }', { token });
    trial.holds(after.status === 200 && !/polluted|hunter3|isAdmin/.test(after.text), `afterwards: ${after.text}`);
    return `${bodies.length} bodies and ${aliases.length} documents with __proto__, constructor and prototype`;
  },
};

import type { Attack } from '../kit/attack.ts';
import { fragmentBomb, logIn, nested, repeat, whoAmI } from '../kit/documents.ts';
import { freshAddress, json, type Sent } from '../kit/send.ts';

const withinMs = 50;
const good = JSON.stringify({ query: whoAmI });
const asking = (query: unknown, more: object = {}): Sent => ({ body: JSON.stringify({ query, ...more }) });
const one = 'login(input: { loginId: "a", password: "b" }) { __typename }';

/** Number, what is sent, and the codes that may come; the number is that of the list of bad inputs. */
const requests: readonly (readonly [row: number, what: string, sent: Sent, ...codes: readonly string[]])[] = [
  [1, 'an empty body', { body: '' }, 'BAD_REQUEST'],
  [1, 'an empty object', { body: '{}' }, 'BAD_REQUEST'],
  [2, 'half an object', { body: '{"query":' }, 'INVALID_JSON'],
  [3, 'null', { body: 'null' }, 'BAD_REQUEST'],
  [3, 'text', { body: '"x"' }, 'BAD_REQUEST'],
  [3, 'numbers', { body: '[1,2]' }, 'BAD_REQUEST'],
  [4, 'a batch', { body: `[${good},${good}]` }, 'BATCHING_DISABLED'],
  [5, 'a number for the query', asking(123), 'BAD_REQUEST'],
  [5, 'text for the variables', asking(whoAmI, { variables: 'x' }), 'BAD_REQUEST'],
  [6, '200 KB', asking(`${whoAmI} #${'x'.repeat(200_000)}`), 'PAYLOAD_TOO_LARGE'],
  [7, 'text/plain', { body: good, headers: { 'content-type': 'text/plain' } }, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    7,
    'a form',
    { body: good, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    7,
    'multipart',
    { body: good, headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    8,
    'UTF-7',
    { body: good, headers: { 'content-type': 'application/json; charset=utf-7' } },
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [8, 'no UTF-8', { body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) }, 'UNSUPPORTED_MEDIA_TYPE'],
  [9, 'a picture wanted', { body: good, headers: { ...json, accept: 'image/png' } }, 'NOT_ACCEPTABLE'],
  [10, 'PUT', { method: 'PUT', body: good }, 'METHOD_NOT_ALLOWED'],
  [10, 'DELETE', { method: 'DELETE' }, 'METHOD_NOT_ALLOWED'],
  [11, 'an open brace', asking('{me{'), 'GRAPHQL_PARSE_FAILED'],
  [12, 'an unknown field', asking('{ me { idd } }'), 'GRAPHQL_VALIDATION_FAILED', 'UNAUTHENTICATED'],
  [14, 'two operations', asking('query a { me { id } } query b { me { id } }'), 'OPERATION_RESOLUTION_FAILURE'],
  [14, 'an unknown name', asking('query a { me { id } }', { operationName: 'c' }), 'OPERATION_RESOLUTION_FAILURE'],
  [15, 'a subscription', asking('subscription { x }'), 'OPERATION_NOT_SUPPORTED'],
  [16, 'a variable left out', asking(logIn), 'BAD_USER_INPUT'],
  [16, 'a variable of another type', asking(logIn, { variables: { input: 'hunter2' } }), 'BAD_USER_INPUT'],
  [17, 'a bomb of 2^12', asking(fragmentBomb(12)), 'QUERY_TOO_COMPLEX'],
  [17, 'a bomb of 2^60', asking(fragmentBomb(60)), 'QUERY_TOO_COMPLEX'],
  [18, '15 levels', asking(nested(15)), 'QUERY_TOO_DEEP'],
  [18, '2,000 levels', asking(nested(2_000)), 'QUERY_TOO_DEEP'],
  [
    19,
    '900 aliased log-ins',
    asking(`mutation($i:LoginInput!){${repeat(900, (at) => `a${at}:login(input:$i){id}`, '')}}`),
    'TOO_MANY_ALIASES',
  ],
  [19, 'two log-ins', asking(`mutation { a: ${one} b: ${one} }`), 'TOO_MANY_ALIASES'],
  [20, '1,001 tokens', asking(`{ me { ${repeat(996, () => 'id')} } }`), 'QUERY_TOO_LONG'],
  [20, '11 directives', asking(`{ me { id ${repeat(11, () => '@include(if: true)')} } }`), 'QUERY_TOO_LONG'],
  [21, '__proto__', { body: '{"query":"{me{id}}","variables":{"__proto__":{"polluted":1}}}' }, 'BAD_USER_INPUT'],
  [21, 'a constructor', asking(whoAmI, { variables: { a: [{ constructor: 1 }] } }), 'BAD_USER_INPUT'],
  [
    22,
    'an unknown id',
    { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}' },
    'PERSISTED_QUERY_NOT_FOUND',
    'BAD_REQUEST',
  ],
  [23, 'nobody', asking(whoAmI), 'UNAUTHENTICATED'],
  [25, 'no token at all', { body: good, headers: { ...json, authorization: 'Bearer ' } }, 'INVALID_TOKEN'],
  [
    25,
    '10 KB of token',
    { body: good, headers: { ...json, authorization: `Bearer ${'a'.repeat(10_000)}` } },
    'INVALID_TOKEN',
  ],
];

export const attack: Attack = {
  threat: 'B1–B25',
  title: 'What the gateway itself can refuse has its code, in JSON, at once',
  async run(_target, trial) {
    for (const [row, what, sent, ...codes] of requests) {
      const times: number[] = [];
      // one time of two may fall upon something else that the machine does
      for (const language of ['ko', 'en']) {
        const heard = await trial.send({
          ...sent,
          from: freshAddress(),
          headers: { ...(sent.headers ?? json), 'accept-language': language },
        });
        trial.refused(`${row} ${what}`, heard, ...codes);
        trial.holds(heard.status >= 400 && heard.status < 500, `${row} ${what}: ${heard.status}`);
        trial.holds(
          /[가-힣]/.test(heard.text) === (language === 'ko'),
          `${row} ${what} in ${language}: ${heard.text.slice(0, 100)}`,
        );
        trial.holds(String(heard.headers['content-type']).startsWith('application/'), `${row} ${what} is not JSON`);
        times.push(heard.tookMs);
      }
      const fastestMs = Math.min(...times);
      trial.holds(fastestMs < withinMs, `${row} ${what} took ${Math.round(fastestMs)} ms`);
    }
    const rows = new Set(requests.map(([row]) => row));
    return `${requests.length} requests in two languages: ${rows.size} of the rows; the others are threats of their own`;
  },
};

import type { Attack } from '../kit/attack.ts';
import { nested, repeat } from '../kit/documents.ts';
import { fastestOf } from '../kit/trial.ts';

const withinMs = 100;
const levels = [11, 12, 13, 26, 50, 100, 200, 500, 1_000, 2_000, 5_000];

export const attack: Attack = {
  threat: 'T4',
  title: 'Depth is refused before it becomes a stack',
  async run(_target, trial) {
    const documents = [
      ...levels.map(nested),
      ...levels.map((count) => `${'{ me '.repeat(count)}{ id }${' }'.repeat(count)}`),
      ...levels.map((count) => `{ line(id: ${'['.repeat(count)}${']'.repeat(count)}) { id } }`),
      ...levels.map((count) => `query ($a: ${'['.repeat(count)}Int${']'.repeat(count)}) { me { id } }`),
      '{'.repeat(30_000),
      '('.repeat(30_000),
      `{ me { id ${repeat(11, () => '@include(if: true)')} } }`,
      `{ me { id ${repeat(2_000, () => '@include(if: true)')} } }`,
    ];
    for (const document of documents) {
      const heard = await fastestOf(2, (nth) => trial.ask(`${document}${' '.repeat(nth)}`));
      trial.holds(heard.status >= 400 && heard.codes.length === 1, `${document.slice(0, 40)}…: ${heard.status}`);
      trial.holds(heard.tookMs < withinMs, `${document.slice(0, 40)}… took ${Math.round(heard.tookMs)} ms`);
    }
    const braces = await trial.ask('{'.repeat(100_000));
    trial.refused('100,000 braces', braces, 'PAYLOAD_TOO_LARGE');
    const variables = await trial.send({
      body: `{"query":"{me{id}}","variables":{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`,
    });
    trial.refused('9,000 brackets of JSON', variables, 'BAD_USER_INPUT', 'INVALID_JSON');
    return `${documents.length + 2} documents and variables, up to 5,000 levels and 100,000 braces`;
  },
};

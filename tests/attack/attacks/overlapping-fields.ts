import type { Attack } from '../kit/attack.ts';
import { repeat } from '../kit/documents.ts';
import { fastestOf } from '../kit/trial.ts';

const withinMs = 150;

/** Documents whose fields all have to be compared with each other. */
const corpus: Readonly<Record<string, string>> = {
  'the same leaf 490 times': `{ me { ${repeat(490, () => 'id')} } }`,
  'the same leaf 3,000 times': `{ me { ${repeat(3_000, () => 'id')} } }`,
  '150 inline fragments': `{ me { ${repeat(150, () => '... on User { id }')} } }`,
  '900 inline fragments': `{ me { ${repeat(900, () => '... on User { id }')} } }`,
  '60 inline fragments within each other': `{ me { ${'... on User { '.repeat(60)}id${' }'.repeat(60)} } }`,
  '30 aliases of one list': `{ me { ${repeat(30, (at) => `a${at}: permissions { service isGranted }`)} } }`,
  '30 aliases of one list, each with 10 fields': `{ me { ${repeat(30, (at) => `a${at}: sessions { ${repeat(10, () => 'id')} }`)} } }`,
  '40 fragments that all overlap': `{ me { ${repeat(40, (at) => `...f${at}`)} } } ${repeat(40, (at) => `fragment f${at} on User { id loginId role }`)}`,
  '20 root fields of one name': `{ ${repeat(20, () => 'me { id }')} }`,
  'one name for two fields': '{ me { x: id x: loginId } }',
};

export const attack: Attack = {
  threat: 'T2',
  title: 'Fields that overlap are compared in no time',
  async run(_target, trial) {
    for (const [what, query] of Object.entries(corpus)) {
      const { tookMs: fastest } = await fastestOf(3, (nth) => trial.ask(`${query}${' '.repeat(nth)}`));
      trial.holds(fastest < withinMs, `${what} took ${Math.round(fastest)} ms`);
    }
    return `${Object.keys(corpus).length} documents, three spellings of each`;
  },
};

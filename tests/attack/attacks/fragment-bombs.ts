import type { Attack } from '../kit/attack.ts';
import { fragmentBomb } from '../kit/documents.ts';
import { fastestOf } from '../kit/trial.ts';

const withinMs = 100;
const sizes = Array.from({ length: 15 }, (_, at) => 4 * (at + 1));

export const attack: Attack = {
  threat: 'T1',
  title: 'A kilobyte of fragments costs no more than any other request',
  async run(_target, trial) {
    const bombs = sizes.flatMap((size) => [
      fragmentBomb(size),
      fragmentBomb(size, (to) => `a${to}: customer { ...f${to} } ...f${to}`),
      fragmentBomb(size, (to) => `... on User { ...f${to} } ... { ...f${to} }`),
    ]);
    for (const bomb of bombs) {
      const heard = await fastestOf(3, (nth) => trial.ask(`${bomb}${' '.repeat(nth)}`));
      trial.holds(heard.tookMs < withinMs, `a bomb took ${Math.round(heard.tookMs)} ms`);
      trial.holds(heard.status >= 400 && heard.codes.length > 0, `a bomb was answered ${heard.status}`);
    }
    const [largest = ''] = bombs.slice(-3);
    trial.refused('2^60', await trial.ask(largest), 'QUERY_TOO_COMPLEX', 'QUERY_TOO_LONG');
    return `${bombs.length} bombs of three kinds from 2^4 to 2^60 selections`;
  },
};

import type { Outcome } from './attack.ts';

const milliseconds = (value: number | null): string => (value === null ? '–' : String(Math.round(value)));

/** One line for whoever watches. */
export const outcomeLine = ({ threat, title, verdict, worstMs, innocentMs, tried, seconds }: Outcome): string =>
  [
    verdict === 'held' ? 'ok  ' : verdict === 'broken' ? 'FAIL' : '–   ',
    threat.padEnd(4),
    `${title}: ${tried}`,
    `(worst ${milliseconds(worstMs)} ms, others ${milliseconds(innocentMs)} ms, ${seconds.toFixed(1)} s)`,
  ].join(' ');

const headings = ['Threat', 'What has to hold', 'What was tried', '', 'Worst answer, ms', 'Longest wait of others, ms'];

/** Everything that was tried, as one Markdown table. */
export function threatTable(
  outcomes: readonly Outcome[],
  measured: { readonly on: Date; readonly machine: string },
): string {
  const rows = outcomes.map(({ threat, title, tried, verdict, worstMs, innocentMs }) => [
    threat,
    title,
    tried,
    verdict,
    milliseconds(worstMs),
    milliseconds(innocentMs),
  ]);
  const table = [headings, headings.map((_, column) => (column < 4 ? '---' : '---:')), ...rows];
  return [
    `Measured on ${measured.on.toISOString().slice(0, 10)} with ${measured.machine}.`,
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

import { availableParallelism, totalmem } from 'node:os';

import type { FaultLine } from './fault-lines.ts';

const headings = [
  'Fault',
  'Requests',
  'Wrong answers',
  'Lost',
  'Duplicated',
  'Falsely failed',
  'Recovery, s',
  'What the user sees',
];

/** The machine it was measured on, by what matters of it. */
export const describeMachine = (): string =>
  `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory, Node.js ${process.versions.node}`;

/** Everything that was measured, as one Markdown table with its totals. */
export function faultTable(
  lines: readonly FaultLine[],
  measured: { readonly on: Date; readonly machine: string },
): string {
  const sum = (of: (line: FaultLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const totals = countsOf({
    requests: sum((line) => line.requests),
    wrong: sum((line) => line.wrong),
    lost: sum((line) => line.lost),
    duplicated: sum((line) => line.duplicated),
    falselyFailed: sum((line) => line.falselyFailed),
  });
  const slowest = Math.max(0, ...lines.map((line) => line.recoverySeconds ?? 0));
  const rows = [
    headings,
    headings.map((_, column) => (column === 0 || column === headings.length - 1 ? '---' : '---:')),
    ...lines.map((line) => [line.fault, ...countsOf(line), seconds(line.recoverySeconds), line.userSees]),
    ['**All together**', ...totals, `at most ${seconds(slowest)}`, ''],
  ];
  return [
    `Measured on ${measured.on.toISOString().slice(0, 10)} with ${measured.machine}.`,
    '',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

type Counts = Pick<FaultLine, 'requests' | 'wrong' | 'lost' | 'duplicated' | 'falselyFailed'>;

const countsOf = ({ requests, wrong, lost, duplicated, falselyFailed }: Counts): string[] =>
  [requests, wrong, lost, duplicated, falselyFailed].map((count) => count.toLocaleString('en'));

const seconds = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

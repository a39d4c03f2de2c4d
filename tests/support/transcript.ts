import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
const [begin, end] = ['<!-- walk:begin -->', '<!-- walk:end -->'];

/** What differs from run to run is left out; what it is stays recognisable. */
const withoutChance = (text: string): string =>
  text
    .replace(/\b(ln|bill|prd|rfr)_[\w-]{16,}/g, '$1_…')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '…')
    .replace(/"(refreshToken)": ?"[^"]+"/g, '"$1": "…"')
    .replace(/"(retryAfterMs)": ?\d+/g, '"$1": …')
    .replace(/"(traceId)": ?"[^"]+"/g, '"$1": "…"');

/** A walk through the product, written down as it happens. */
export interface Transcript {
  say(sentence: string): void;
  asked(operation: string, variables: Readonly<Record<string, unknown>>): void;
  answered(status: number, body: unknown): void;
  /** The whole walk as Markdown. */
  text(): Promise<string>;
}

const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** An answer as a person would write it: what fits on a line stays on it. */
const compact = (body: unknown): Promise<string> =>
  format(JSON.stringify(body), { parser: 'json', printWidth: 118, objectWrap: 'collapse' });

/** Starts an empty transcript. */
export function createTranscript(): Transcript {
  const parts: Promise<string>[] = [];
  const shown = new Set<string>();
  const add = (part: string | Promise<string>): void => {
    parts.push(Promise.resolve(part));
  };
  return {
    say: add,
    asked: (operation, variables) => {
      const given = Object.keys(variables).length > 0 ? `\n# ${JSON.stringify(variables)}` : '';
      const again = `# the same operation as before: ${operation.trim().split(/[({]/)[0]?.trim() ?? ''}`;
      const asWritten = operation.trim().replace(/^ {2}/gm, '');
      add(block('graphql', (shown.has(operation) ? again : asWritten) + given));
      shown.add(operation);
    },
    answered: (status, body) => {
      const note = status === 200 ? '' : `// HTTP ${status}\n`;
      add(compact(body).then((text) => block('jsonc', note + text)));
    },
    text: async () => withoutChance((await Promise.all(parts)).join('\n\n')),
  };
}

/** The transcript that the README shows. */
export function transcriptInReadme(): string {
  const text = readFileSync(readme, 'utf8');
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim();
}

/** Puts a transcript into the README, in the place of the old one. */
export function writeTranscriptToReadme(transcript: string): void {
  const text = readFileSync(readme, 'utf8');
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  writeFileSync(readme, `${before}\n\n${transcript.trim()}\n\n${text.slice(text.indexOf(end))}`);
}

/** Whether the run is meant to renew the README: `UPDATE_README=1 npm test -- tests/e2e/walk`. */
export const isUpdatingReadme = (): boolean => process.env['UPDATE_README'] === '1';

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

/** Starts an empty transcript. */
export function createTranscript(): Transcript {
  const parts: string[] = [];
  return {
    say: (sentence) => {
      parts.push(sentence);
    },
    asked: (operation, variables) => {
      const given = Object.keys(variables).length > 0 ? `\n# ${JSON.stringify(variables)}` : '';
      parts.push(`\`\`\`graphql\n${operation.trim()}${given}\n\`\`\``);
    },
    answered: (status, body) => {
      const note = status === 200 ? '' : `// HTTP ${status}\n`;
      parts.push(`\`\`\`jsonc\n${note}${JSON.stringify(body)}\n\`\`\``);
    },
    text: () =>
      format(withoutChance(parts.join('\n\n')), { parser: 'markdown', printWidth: 120, objectWrap: 'collapse' }),
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

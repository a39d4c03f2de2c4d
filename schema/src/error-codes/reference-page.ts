import type { Actor, ErrorEntry } from '../error-catalogue.ts';
import { partOf, type CodeUse } from './code-uses.ts';

const headings = ['Code', 'HTTP', 'Retryable', 'Who acts', 'Korean', 'English', 'Said by'];

/** Which parts of the supergraph say each code. */
function saidBy(uses: readonly CodeUse[]): ReadonlyMap<string, string> {
  const parts = new Map<string, Set<string>>();
  for (const { text, file, isSaid } of uses) {
    if (isSaid) parts.set(text, (parts.get(text) ?? new Set()).add(partOf(file)));
  }
  return new Map([...parts].map(([code, names]) => [code, [...names].sort().join(', ')]));
}

/** The page for whoever writes a client: what each code means and who can do something about it. */
export function referencePage(
  catalogue: Readonly<Record<string, ErrorEntry>>,
  actors: Readonly<Record<Actor, string>>,
  uses: readonly CodeUse[],
): string {
  const sayers = saidBy(uses);
  const rows = Object.entries(catalogue).map(([code, { httpStatus, isRetryable, actor, ko, en }]) => [
    code,
    String(httpStatus),
    isRetryable ? 'yes' : '',
    actor,
    ko,
    en,
    sayers.get(code) ?? '',
  ]);
  const table = [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `# Error codes

Written by \`npm run errors\` out of \`schema/src/error-catalogue.ts\` and the sources. Clients get the same as a package,
[\`@supergraph/error-codes\`](../packages/error-codes/README.md).

A refusal is \`{ message, path?, extensions: { code, retryable, retryAfterMs?, field?, traceId } }\` in \`errors\`, or, when it is
part of the business, a member of a union with \`code\` and \`message\` in \`data\`. The HTTP status is that of the table when
the refusal is all there is to say, and 200 as soon as something came of the operation, or a change was made of which
only the answer is not whole; to a client that accepts \`application/graphql-response+json\` also whenever there is a
\`data\`, be it null. So the code decides, not the status. The text is in the language of \`Accept-Language\`, Korean by
default. A part that is \`shared\` speaks in every service.

\`path\` is the field that is null for it. No field is null for a failure without an error at it or above it, but where one
failure concerns hundreds of fields: then one error without a \`path\` stands beside those that have one, and says that
more is missing than is told.

Who acts:

${Object.entries(actors)
  .map(([actor, what]) => `- \`${actor}\`: ${what}`)
  .join('\n')}

${table.join('\n')}
`;
}

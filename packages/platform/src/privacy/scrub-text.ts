/**
 * What personal data and secrets look like in running text; the name takes the place of what is found. The first pattern
 * that fits counts: digests, ids and times stand before numbers, since they hold many digits and stay as they are. A long
 * repetition begins where a word begins, so that each character is looked at once and not from every place before it.
 */
const patterns: Readonly<Record<string, RegExp>> = {
  kept: /(?<!\w)[\da-f]{64}(?!\w)|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?/,
  token: /(?<![\w-])eyJ[\w-]{5,300}\.[\w-]{5,4000}(?:\.[\w-]{0,1000})?|(?<=\b(?:Bearer|Basic)\s)[\w.~+/=-]{1,4000}/,
  credentials: /(?<=:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,200}(?=@)/,
  secret: /(?<=\b(?:password|passwd|secret|token)\b["']?\s?[:=]\s?["']?)[^\s"',;&)}]{1,500}/,
  email: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,4000}[@＠](?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,24}/u,
  phone: /(?<!\d)(?:\+?82[\s-]?\(?0?\)?|0)(?:1\d|2|[3-7]\d|50\d)\)?[\s.-]?\d{3,4}[\s.-]?\d{4}(?!\d)/,
  number: /(?<![\w.])(?:\d{6}-[1-8]\d{6}|\d{10,12}|\d{14,24})(?!\w)/,
};

const anyPattern = new RegExp(
  Object.entries(patterns)
    .map(([name, { source }]) => `(?<${name}>${source})`)
    .join('|'),
  'giu',
);

/** Looking further would cost more than a line of a log is worth. */
const longestText = 4_000;
const fullWidth = /[０-９＋－]/gu;
const fullWidthOffset = 0xfee0;

/**
 * A text without what looks like a phone number, e-mail address, resident or account number, token or password; cut off
 * after 4,000 characters. Names of people cannot be told from other words: no text that may be logged quotes data.
 */
export function scrubText(text: string): string {
  const looked = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  return looked
    .replace(fullWidth, (digit) => String.fromCharCode(digit.charCodeAt(0) - fullWidthOffset))
    .replace(anyPattern, (found: string, ...rest: unknown[]) => {
      const name = nameOfMatch(rest.at(-1));
      return name === 'kept' ? found : `[${name}]`;
    });
}

function nameOfMatch(groups: unknown): string {
  if (typeof groups !== 'object' || groups === null) return 'hidden';
  return Object.entries(groups).find(([, text]: [string, unknown]) => text !== undefined)?.[0] ?? 'hidden';
}

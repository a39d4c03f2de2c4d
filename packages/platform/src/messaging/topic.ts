/** Whether a topic matches a pattern as AMQP reads it: `*` is one word, `#` any number of them, none included. */
export function matchesTopic(pattern: string, topic: string): boolean {
  return matchesWords(pattern.split('.'), topic.split('.'));
}

function matchesWords(pattern: readonly string[], words: readonly string[]): boolean {
  const [expected, ...later] = pattern;
  if (expected === undefined) return words.length === 0;
  if (expected === '#') return [...words.keys(), words.length].some((from) => matchesWords(later, words.slice(from)));
  const [word, ...rest] = words;
  return word !== undefined && (expected === '*' || expected === word) && matchesWords(later, rest);
}

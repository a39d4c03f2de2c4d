const header = 'apollographql-client-name';
const longestName = 64;

/** The name a client gives itself, the first if it gives several; null for none. It proves nothing. */
export function clientNameOf(rawHeaders: readonly string[]): string | null {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === header);
  const name = at === -1 ? '' : (rawHeaders[at + 1] ?? '').trim();
  return name === '' || name.length > longestName ? null : name;
}

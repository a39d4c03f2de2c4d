/**
 * What a client may send: `log` anything, and what is not registered is written down; `safelist` only what is registered,
 * by id or in full; `id-only` ids alone.
 */
export type OperationMode = 'log' | 'safelist' | 'id-only';

/** The mode of each client by name; `*` is that of everybody else. */
export type OperationModes = ReadonlyMap<string, OperationMode>;

const anybody = '*';
const modes: ReadonlySet<string> = new Set<OperationMode>(['log', 'safelist', 'id-only']);
const isMode = (text: string): text is OperationMode => modes.has(text);

/** Reads `web=safelist,ios=id-only,*=log`; null when it cannot be read. */
export function readOperationModes(text: string): OperationModes | null {
  const found = new Map<string, OperationMode>();
  for (const entry of text.split(',')) {
    const [client = '', mode = '', ...more] = entry.trim().split('=');
    if (client === '' || !isMode(mode) || more.length > 0) return null;
    found.set(client, mode);
  }
  return found;
}

/** The mode of a client; nobody is trusted more for hiding their name. */
export const modeOf = (all: OperationModes, client: string | null): OperationMode =>
  all.get(client ?? anybody) ?? all.get(anybody) ?? 'log';

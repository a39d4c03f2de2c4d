import { readFile } from 'node:fs/promises';

import { SECOND_MS } from '@supergraph/platform/time';

/** Where the text of the supergraph comes from. */
export interface SupergraphOrigin {
  /** What it is called in the log. */
  readonly name: string;
  /** Whether it is worth looking at again. */
  readonly mayChange: boolean;
  /** The text now. Throws when there is none to be had. */
  read(): Promise<string>;
}

const readTimeoutMs = 5 * SECOND_MS;
const longestText = 8 * 1_024 * 1_024;

/** A file, e.g. one that is mounted into a container. */
export const fileOrigin = (path: string, { mayChange = true } = {}): SupergraphOrigin => ({
  name: path,
  mayChange,
  read: () => readFile(path, { encoding: 'utf8', signal: AbortSignal.timeout(readTimeoutMs) }),
});

/** Undici's own errors are no errors of ours: they say neither what was asked nor of whom. */
async function ask(url: string, tag: string | null): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { accept: 'text/plain, application/graphql', ...(tag !== null && { 'if-none-match': tag }) },
      redirect: 'error',
      signal: AbortSignal.timeout(readTimeoutMs),
    });
  } catch (cause) {
    throw new Error('the origin of the supergraph did not answer', { cause });
  }
}

/** An HTTP address, e.g. of a schema registry; it is asked only for what changed, by ETag. No redirect is followed. */
export function httpOrigin(url: string): SupergraphOrigin {
  let latest: { readonly tag: string; readonly text: string } | null = null;
  return {
    name: new URL(url).origin,
    mayChange: true,
    read: async () => {
      const response = await ask(url, latest?.tag ?? null);
      if (response.status === 304 && latest !== null) return latest.text;
      if (response.status !== 200) throw new Error(`the supergraph's origin answered with status ${response.status}`);
      const text = await response.text();
      if (text.length > longestText) throw new Error('the supergraph is too large');
      const tag = response.headers.get('etag');
      latest = tag === null ? null : { tag, text };
      return text;
    },
  };
}

import type { IncomingHttpHeaders } from 'node:http';

import { announcesJson, chooseAnswerFormat } from './media-types.ts';

/** Headers that a page of another origin can send only after the browser has asked us whether it may. */
const askedForFirst = ['apollo-require-preflight', 'x-apollo-operation-name', 'authorization'] as const;

const isPresent = (value: string | readonly string[] | undefined): boolean => value !== undefined && value.length > 0;

/** Where the browser says that a request comes from; other programs and old browsers say nothing. */
const isFromElsewhere = (site: string | readonly string[] | undefined): boolean =>
  site === 'cross-site' || site === 'same-site';

/**
 * Whether a GET may be one that a page of another origin made a browser send, unasked and unseen. Links, images, scripts
 * and forms cannot name a GraphQL media type in Accept; a script's `fetch` can, but then the browser says whence it comes.
 */
export function mayBeForged(headers: IncomingHttpHeaders): boolean {
  if (askedForFirst.some((name) => isPresent(headers[name])) || announcesJson(headers['content-type'])) return false;
  if (isFromElsewhere(headers['sec-fetch-site']) || headers.origin !== undefined) return true;
  return chooseAnswerFormat(headers.accept)?.isNamed !== true;
}

import { CodedError } from '../errors/index.ts';

/** A wish for a page: how many, and after which item. */
export interface PageWish<Position> {
  readonly first: number;
  readonly after: Position | null;
}

/**
 * Reads `first` and `after`. Throws INVALID_PAGE when `first` is not from 1 to `maxFirst` or the cursor is not one of ours.
 * `decode` turns the cursor's text back into a position and answers null for anything it does not know.
 */
export function readPage<Position>(
  wish: { readonly first: number; readonly after?: string | null | undefined },
  rules: { readonly maxFirst: number; readonly decode: (text: string) => Position | null },
): PageWish<Position> {
  if (!Number.isInteger(wish.first) || wish.first < 1 || wish.first > rules.maxFirst) {
    throw new CodedError('INVALID_PAGE', { field: 'first' });
  }
  if (wish.after === undefined || wish.after === null) return { first: wish.first, after: null };
  const position = readCursor(wish.after, rules.decode);
  if (position === null) throw new CodedError('INVALID_PAGE', { field: 'after' });
  return { first: wish.first, after: position };
}

const longestCursor = 256;

function readCursor<Position>(cursor: string, decode: (text: string) => Position | null): Position | null {
  if (cursor.length > longestCursor) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return toCursor(text) === cursor ? decode(text) : null;
}

/** A position as an opaque cursor. */
export const toCursor = (position: string): string => Buffer.from(position, 'utf8').toString('base64url');

/** A page in the shape of a connection; `items` may hold one more than asked for, which only says that more follow. */
export function toConnection<Item, Extra extends object>(page: {
  readonly items: readonly Item[];
  readonly wish: PageWish<unknown>;
  readonly totalCount: number;
  readonly edge: (item: Item) => Extra & { readonly cursor: string };
}) {
  const edges = page.items.slice(0, page.wish.first).map(page.edge);
  return {
    edges,
    totalCount: page.totalCount,
    pageInfo: {
      hasNextPage: page.items.length > page.wish.first,
      hasPreviousPage: page.wish.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

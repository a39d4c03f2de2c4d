export { readPage, toConnection, toCursor } from './page.ts';
export type { PageWish } from './page.ts';

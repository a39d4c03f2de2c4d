import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import type pg from 'pg';
import { escapeIdentifier } from 'pg';
import { from, to } from 'pg-copy-streams';
import type { TableShape } from './describe-database.ts';

/** Rows in PostgreSQL's own text format, packed. */
export const tableFileName = (table: string): string => `${table}.copy.gz`;

/** What a file holds. */
export interface TableContent {
  readonly rows: number;
  readonly sha256: string;
}

/** Sealed columns do not shrink however long one tries. */
const packing = { level: constants.Z_BEST_SPEED };
const newline = 0x0a;

/** Writes a table as the transaction of `client` sees it into a new file, which is on the disk afterwards. */
export async function writeTable(client: pg.Client, table: TableShape, file: string): Promise<TableContent> {
  const rows = countingRows();
  const bytes = hashing();
  const copy: Readable = client.query(to(`COPY ${columnsOf(table)} TO STDOUT`));
  const disk = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(copy, rows.stream, createGzip(packing), bytes.stream, disk);
  return { rows: rows.count(), sha256: bytes.digest() };
}

/** Reads a file to its end and tells what it holds; rejects when it is not whole. */
export async function readTableContent(file: string): Promise<TableContent> {
  const rows = countingRows();
  const bytes = hashing();
  await pipeline(createReadStream(file), bytes.stream, createGunzip(), rows.stream.resume());
  return { rows: rows.count(), sha256: bytes.digest() };
}

/** Fills an empty table from a file. */
export async function loadTable(client: pg.Client, table: TableShape, file: string): Promise<void> {
  const copy: Writable = client.query(from(`COPY ${columnsOf(table)} FROM STDIN`));
  await pipeline(createReadStream(file), createGunzip(), copy);
}

const columnsOf = ({ name, columns }: TableShape): string =>
  `${escapeIdentifier(name)} (${columns.map(escapeIdentifier).join(', ')})`;

/** In the text format a row ends with a newline, and one inside a value is written as \n. */
function countingRows() {
  let rows = 0;
  const stream = watching((chunk) => {
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) rows += 1;
  });
  return { stream, count: () => rows };
}

function hashing() {
  const hash = createHash('sha256');
  const stream = watching((chunk) => hash.update(chunk));
  return { stream, digest: () => hash.digest('hex') };
}

/** Lets everything through and shows it to `see`. */
const watching = (see: (chunk: Buffer) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });

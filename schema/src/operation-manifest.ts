import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

const operationSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal'),
  name: z.string().min(1),
  type: z.enum(['query', 'mutation']),
  body: z.string().min(1),
});

const manifestSchema = z.strictObject({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(operationSchema),
});

/** An operation that a client has registered; its id is the SHA-256 of its body. */
export type RegisteredOperation = z.infer<typeof operationSchema>;

/** The operations of one version of one client. */
export interface OperationManifest {
  readonly client: string;
  readonly version: string;
  readonly operations: readonly RegisteredOperation[];
}

/** A manifest that cannot be trusted: no manifest, or ids that are not those of their bodies. */
export class BadManifest extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'BadManifest';
  }
}

/** Where the manifests of all clients are kept: `<client>/<version>.json`, old versions too. */
export const operationsFolder = fileURLToPath(new URL('../operations', import.meta.url));

/** The id of an operation's text. */
export const operationIdOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Reads the text of a manifest. Throws BadManifest. */
export function readManifest(text: string, file: string): readonly RegisteredOperation[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadManifest(file, 'is no JSON');
  }
  const read = manifestSchema.safeParse(value);
  if (!read.success) throw new BadManifest(file, z.prettifyError(read.error));
  const misnamed = read.data.operations.find(({ id, body }) => id !== operationIdOf(body));
  if (misnamed !== undefined) throw new BadManifest(file, `the id of ${misnamed.name} is not that of its body`);
  return read.data.operations;
}

/** Writes a manifest as Apollo's generator does. */
export const printManifest = (operations: readonly RegisteredOperation[]): string =>
  `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`;

/** By number, so that 1.10.0 comes after 1.9.0. */
const byVersion = new Intl.Collator('en', { numeric: true });

/** The versions of a client that have a manifest, oldest first. */
export const versionsOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort((a, b) => byVersion.compare(a, b));

/** The clients that have a folder. */
export const clientsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));

/** Reads every manifest under a folder; none when there is no such folder. Throws BadManifest. */
export function readManifests(folder: string = operationsFolder): readonly OperationManifest[] {
  if (!existsSync(folder)) return [];
  return clientsIn(folder).flatMap((client) =>
    versionsOf(join(folder, client)).map((version) => {
      const file = join(folder, client, `${version}.json`);
      return { client, version, operations: readManifest(readFileSync(file, 'utf8'), file) };
    }),
  );
}

import { readFileSync } from 'node:fs';

import type { SubgraphTls } from './connection.ts';

/** Where the PEM files are by which subgraphs and the gateway prove themselves to each other. */
export interface SubgraphTlsFiles {
  readonly caFile: string | null;
  readonly client: { readonly certFile: string; readonly keyFile: string } | null;
}

/** Reads those files. Throws when one of them cannot be read. */
export const readSubgraphTls = ({ caFile, client }: SubgraphTlsFiles): SubgraphTls => ({
  ...(caFile !== null && { ca: readFileSync(caFile, 'utf8') }),
  ...(client !== null && {
    client: { cert: readFileSync(client.certFile, 'utf8'), key: readFileSync(client.keyFile, 'utf8') },
  }),
});

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

const roverConfig = z.object({
  federation_version: z.string().regex(/^=?2(\.\d+){0,2}$/, 'must name a version of federation 2'),
  subgraphs: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/),
    z.object({ routing_url: z.url(), schema: z.object({ file: z.string() }) }),
  ),
});

/** One subgraph of the supergraph: its name, where it is reached, and its contract. */
export interface SubgraphDeclaration {
  readonly name: string;
  readonly routingUrl: string;
  readonly sdlFile: string;
  readonly sdl: string;
}

/** Reads rover's own configuration format; `${env.NAME:-default}` is not used in it, so that composition is repeatable. */
export function readRoverConfig(file: string): {
  readonly federationVersion: string;
  readonly subgraphs: readonly SubgraphDeclaration[];
} {
  const config = roverConfig.parse(parse(readFileSync(file, 'utf8')));
  return {
    federationVersion: config.federation_version.replace('=', ''),
    subgraphs: Object.entries(config.subgraphs).map(([name, subgraph]) => {
      const sdlFile = resolve(dirname(file), subgraph.schema.file);
      return { name, routingUrl: subgraph.routing_url, sdlFile, sdl: readFileSync(sdlFile, 'utf8') };
    }),
  };
}

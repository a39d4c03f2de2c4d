import { prepareBinaries } from './postgres-server/binaries.ts';
import { openCluster } from './postgres-server/cluster.ts';
import { clearLeftover, readPostmasterFile } from './postgres-server/leftover.ts';
import { serverAddress, takeOwnership } from './postgres-server/owner.ts';
import { prepareServerFolder } from './postgres-server/server-folder.ts';
import { launchServer } from './postgres-server/launch.ts';

import { EmbeddedPostgresError } from './postgres-server/embedded-postgres-error.ts';

export { EmbeddedPostgresError };

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and its password; made when absent. */
  readonly folder: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly startWithinMs?: number;
  readonly stopWithinMs?: number;
  /** Where root keeps the database when `folder` cannot be entered by the ordinary user that the server runs as. */
  readonly refuge?: string;
  /** Told, in a sentence, what the person who started this should know. */
  readonly say?: (message: string) => void;
}

const usualRefuge = '/var/lib/mvno-supergraph';

export interface EmbeddedPostgres {
  readonly port: number;
  /** The address, password included, of a database of this server. */
  urlOf(database: string): string;
  /** Settles with the server's last words when it ends without having been stopped. */
  readonly diedUnasked: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL from npm on 127.0.0.1; what it commits survives a restart, and also a SIGKILL
 * of this process or of the server. Rejects with an EmbeddedPostgresError that says what to do.
 */
export async function startEmbeddedPostgres({
  folder,
  port = 0,
  settings = {},
  startWithinMs = 30_000,
  stopWithinMs = 10_000,
  refuge = usualRefuge,
  say = () => undefined,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = await prepareServerFolder({ folder, refuge, say });
  const binaries = await prepareBinaries(home);
  const cluster = await openCluster(home, binaries);
  const strangerPid = await clearLeftover(cluster, stopWithinMs);
  const { server, port: takenPort } = await launchServer({
    postgres: binaries.postgres,
    cluster,
    identity: home.identity,
    port,
    settings,
    strangerPid,
    startWithinMs,
    stopWithinMs,
  });
  const urlOf = (database: string): string => serverAddress(cluster, takenPort, database);
  const giveUpOwnership = await takeOwnership(urlOf('postgres')).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });

  let isStopping = false;
  return {
    port: takenPort,
    urlOf,
    diedUnasked: new Promise((resolve) => {
      void server.ended.then((lastWords) => {
        if (!isStopping) resolve(lastWords);
      });
    }),
    stop: async () => {
      isStopping = true;
      await giveUpOwnership().catch(() => undefined);
      await server.stop();
    },
  };
}

/** Tells the addresses of the server that somebody else runs on `folder`. Rejects with an EmbeddedPostgresError. */
export async function joinEmbeddedPostgres({
  folder,
  refuge = usualRefuge,
  say = () => undefined,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres['urlOf']> {
  const home = await prepareServerFolder({ folder, refuge, say });
  const cluster = await openCluster(home, await prepareBinaries(home));
  const running = await readPostmasterFile(cluster.path);
  if (running === undefined) {
    throw new EmbeddedPostgresError('START_FAILED', `The server on ${cluster.path} has just stopped; try again.`);
  }
  return (database) => serverAddress(cluster, running.port, database);
}

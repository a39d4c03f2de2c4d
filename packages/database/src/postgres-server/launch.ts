import { findFreePort } from '../processes/free-port.ts';
import type { ProcessIdentity, SupervisedProcess } from '../processes/supervised-process.ts';
import { ProcessNotReady, startSupervisedProcess } from '../processes/supervised-process.ts';
import type { Cluster } from './cluster.ts';
import { isMissingLoader, serverEnvironment, unsupportedSystem } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { StrangerPid } from './leftover.ts';
import { inUse } from './leftover.ts';

export interface LaunchOptions {
  readonly postgres: string;
  readonly cluster: Cluster;
  readonly identity: ProcessIdentity | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly strangerPid: StrangerPid;
  readonly startWithinMs: number;
  readonly stopWithinMs: number;
}

interface LaunchedServer {
  readonly server: SupervisedProcess;
  readonly port: number;
}

const attemptsForFreePort = 5;

/** Starts the server process; rejects with an EmbeddedPostgresError. */
export async function launchServer(options: LaunchOptions): Promise<LaunchedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port === 0 ? await findFreePort() : options.port;
    try {
      return { server: await startServer(options, port), port };
    } catch (error) {
      const failure = explain(error, options.cluster.path, port);
      const isRaceLost = options.port === 0 && failure.code === 'PORT_TAKEN' && attempt < attemptsForFreePort;
      if (!isRaceLost) throw failure;
    }
  }
}

function startServer(options: LaunchOptions, port: number): Promise<SupervisedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // The server's output is for operators; statements may carry personal data.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...options.settings,
  };
  return startSupervisedProcess({
    command: options.postgres,
    args: [
      '-D',
      options.cluster.path,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: {
      ...serverEnvironment,
      // Makes PostgreSQL disregard this one process number in the lock file of a server that crashed.
      ...(options.strangerPid !== undefined && { PG_GRANDPARENT_PID: String(options.strangerPid) }),
    },
    identity: options.identity,
    readyWhen: /database system is ready to accept connections/,
    readyWithinMs: options.startWithinMs,
    stopWith: [
      { signal: 'SIGINT', withinMs: options.stopWithinMs },
      { signal: 'SIGQUIT', withinMs: 3_000 },
    ],
  });
}

function explain(error: unknown, cluster: string, port: number): EmbeddedPostgresError {
  if (!(error instanceof ProcessNotReady)) throw error;
  if (error.reason === 'not-executable' && isMissingLoader(error.cause)) return unsupportedSystem(error.cause);
  if (error.output.includes('Address already in use')) {
    return new EmbeddedPostgresError('PORT_TAKEN', `Port ${port} of 127.0.0.1, wanted for PostgreSQL, is taken.`);
  }
  if (error.output.includes('lock file "postmaster.pid" already exists')) return inUse(cluster, 'another process');
  return new EmbeddedPostgresError(
    'START_FAILED',
    `PostgreSQL did not start on ${cluster} (${error.reason}). Its last words:\n${error.output}`,
    { cause: error },
  );
}

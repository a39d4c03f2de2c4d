import type { MappedError } from '@prisma/driver-adapter-utils';
import { CodedError, type ErrorCode } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';

import { NoFreeConnection } from './connections/bounded-pool.ts';
import { DatabaseSilent } from './connections/reachability.ts';
import { isSilence } from './connections/silence.ts';
import { databaseRefusal, errorField } from './prisma-errors.ts';

/**
 * Why the database did not get to judge a statement: out of reach or restarted; frozen; all its connections taken; the
 * statement or its wait for a lock took too long and was taken back; no room to write.
 */
export type Loss = 'away' | 'silent' | 'busy' | 'slow' | 'full';

const codeOf = {
  away: 'SERVICE_UNAVAILABLE',
  silent: 'SERVICE_UNAVAILABLE',
  busy: 'OVERLOADED',
  slow: 'TIMED_OUT',
  full: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<Loss, ErrorCode>;

/** The database did not judge what was asked of it; by itself that says nothing about what was asked. */
export class DatabaseLost extends CodedError {
  readonly loss: Loss;
  /** Whether what was asked may have been done all the same: only the answer is missing. */
  readonly mayBeDone: boolean;

  constructor(loss: Loss, details: { readonly mayBeDone: boolean; readonly cause: unknown }) {
    super(codeOf[loss], { retryAfterMs: SECOND_MS, cause: details.cause });
    this.name = 'DatabaseLost';
    this.loss = loss;
    this.mayBeDone = details.mayBeDone;
  }
}

/** SQLSTATEs, by how they begin: PostgreSQL's appendix A. */
const states: readonly (readonly [Loss, RegExp])[] = [
  ['busy', /^53[34]00/],
  ['slow', /^(57014|55P03|25P0[34])/],
  ['full', /^(53[012]00|58030)/],
  // lost, shutting down, starting up, closed to clients, or a standby that takes no writes
  ['away', /^(08|57|55000|25006|28|3D000)/],
];
const lossByState = (state: string): Loss | undefined => states.find(([, pattern]) => pattern.test(state))?.[0];

const lossByKind: Readonly<Record<string, Loss>> = {
  DatabaseNotReachable: 'away',
  ConnectionClosed: 'away',
  SocketTimeout: 'away',
  TlsConnectionError: 'away',
  DatabaseDoesNotExist: 'away',
  DatabaseAccessDenied: 'away',
  AuthenticationFailed: 'away',
  TooManyConnections: 'busy',
};

/** What kept the database from judging; undefined when it did, or when the mistake is in the asking. */
export function lossOf(error: unknown): Loss | undefined {
  if (error instanceof DatabaseLost) return error.loss;
  if (error instanceof NoFreeConnection) return 'busy';
  if (error instanceof DatabaseSilent || isSilence(error)) return 'silent';
  const said = databaseRefusal(error);
  if (said !== undefined) return lossByState(stateOf(said)) ?? lossByKind[said.kind];
  const code = errorField(error, 'code');
  if (code === 'P2028') return 'silent';
  if (typeof code === 'string') return /^P1\d{3}$/.test(code) || isOfSocket(error) ? 'away' : undefined;
  // The driver throws plain errors for closed connections; mistakes of ours have a class of their own.
  return error instanceof Error && error.constructor === Error ? 'away' : undefined;
}

/** The SQLSTATE, if the server said anything. */
function stateOf(said: MappedError): string {
  const state = errorField(said, 'originalCode');
  return typeof state === 'string' ? state : '';
}

/** Whether Node tells of an operation of the system under the connection. */
const isOfSocket = (error: unknown): boolean => typeof errorField(error, 'syscall') === 'string';

/** Runs a statement. Throws DatabaseLost when the database did not judge it; other errors as they come. */
export async function tellLoss<Result>(statement: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await statement();
  } catch (error) {
    const loss = error instanceof CodedError ? undefined : lossOf(error);
    if (loss === undefined) throw error;
    throw new DatabaseLost(loss, { mayBeDone: loss === 'away' || loss === 'silent', cause: error });
  }
}

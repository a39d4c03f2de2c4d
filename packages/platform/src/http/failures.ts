/** No answer came. `mayHaveReachedPeer` false is certain: not one byte of the request was written. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly mayHaveReachedPeer: boolean;

  constructor(mayHaveReachedPeer: boolean, cause: unknown) {
    super(mayHaveReachedPeer ? 'the connection broke before an answer came' : 'no connection could be made', { cause });
    this.mayHaveReachedPeer = mayHaveReachedPeer;
  }
}

export type Malformation =
  'redirected' | 'not declared as JSON' | 'not UTF-8' | 'not valid JSON' | 'too large' | 'cut off';

/** An answer came but cannot be used. The peer may have acted on the request. The body is kept out of the message. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly status: number;
  readonly problem: Malformation;

  constructor(status: number, problem: Malformation, cause?: unknown) {
    super(`the answer (HTTP ${status}) is ${problem}`, cause === undefined ? undefined : { cause });
    this.status = status;
    this.problem = problem;
  }
}

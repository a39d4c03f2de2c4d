import { Pool } from 'undici';
import { decodeJson } from './decode-json.ts';
import { exchange } from './exchange.ts';
import type { AnswerHeaders } from './exchange.ts';

export interface JsonClientOptions {
  /** Scheme, host and port; a path belongs to the request. */
  readonly origin: string;
  /** Sockets at most (default 16); further requests wait for one. */
  readonly connections?: number;
  readonly connectTimeoutMs?: number;
  /** The longest silence before the head of an answer, and between two pieces of its body (default 10 s). */
  readonly headersTimeoutMs?: number;
  /** How long an idle socket is kept (default 4 s, below the 5 s of most servers). */
  readonly keepAliveMs?: number;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; may carry a query. */
  readonly path: string;
  /** Sent as JSON unless undefined. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The deadline: the client itself bounds silence, but no slow trickle. */
  readonly signal: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** What the peer said, to be parsed by a schema; undefined when there was no body. */
  readonly body: unknown;
}

/** Talks JSON to one origin over few kept-alive sockets. */
export interface JsonClient {
  /**
   * Resolves with any status but a redirect, which an interface between systems has no use for. Throws
   * `ConnectionFailed` when no answer came, and `MalformedAnswer` when one came that is not wholly JSON.
   */
  request(request: JsonRequest): Promise<JsonAnswer>;
  /** Waits for what is under way, then closes the sockets. */
  close(): Promise<void>;
}

/** Makes a client; it connects with the first request. */
export function createJsonClient({
  origin,
  connections = 16,
  connectTimeoutMs = 1_000,
  headersTimeoutMs = 10_000,
  keepAliveMs = 4_000,
  maxBodyBytes = 1_048_576,
}: JsonClientOptions): JsonClient {
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: headersTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  });

  return {
    async request({ method, path, body, headers, signal }) {
      const content = body === undefined ? undefined : { 'content-type': 'application/json' };
      const answer = await exchange(
        pool,
        {
          method,
          path,
          headers: { accept: 'application/json', ...content, ...headers },
          body: body === undefined ? null : JSON.stringify(body),
        },
        { maxBodyBytes, signal },
      );
      return { status: answer.status, headers: answer.headers, body: decodeJson(answer) };
    },
    close: async () => {
      await pool.close();
    },
  };
}

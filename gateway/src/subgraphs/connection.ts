import { exchange } from '@supergraph/platform/http';
import { Pool } from 'undici';

/** What a service answered. */
export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** One HTTP request on a connection. */
export interface RawRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Kept-alive connections to one service. */
export interface Connection {
  /**
   * Answers whatever the service said, of any status but a redirect. Throws ConnectionFailed, which tells whether the
   * service may have been reached, or MalformedAnswer when it said too much or broke off.
   */
  exchange(request: RawRequest): Promise<RawAnswer>;
  close(): Promise<void>;
}

const connectTimeoutMs = 1_000;
const keepAliveMs = 10_000;
/** The signal given with each request ends it; undici's own limit only backs that up. */
const longestExchangeMs = 30_000;

/** Opens a bounded set of connections to an origin; none is made before it is needed, redirects are not followed. */
export function connectTo(
  origin: string,
  limits: { readonly maxConnections: number; readonly maxAnswerBytes: number },
): Connection {
  const pool = new Pool(origin, {
    connections: limits.maxConnections,
    connect: { timeout: connectTimeoutMs },
    keepAliveTimeout: keepAliveMs,
    headersTimeout: longestExchangeMs,
    bodyTimeout: longestExchangeMs,
  });
  const maxBodyBytes = limits.maxAnswerBytes;
  return {
    exchange: async ({ method, path, headers, body, signal }) => {
      const request = { method, path, headers: headers ?? {}, body: body ?? null };
      const { status, bytes } = await exchange(pool, request, { maxBodyBytes, signal });
      return { status, body: bytes.toString('utf8') };
    },
    close: () => pool.destroy(),
  };
}

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

/** How services and we prove to each other who we are, all of it PEM; for https origins alone. */
export interface SubgraphTls {
  /** Who signs the certificates of services; those the system trusts when left out. */
  readonly ca?: string;
  /** What we prove ourselves with, if services ask for it. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/** Opens a bounded set of connections to an origin; none is made before it is needed, redirects are not followed. */
export function connectTo(
  origin: string,
  limits: { readonly maxConnections: number; readonly maxAnswerBytes: number; readonly tls?: SubgraphTls | undefined },
): Connection {
  const { ca, client } = limits.tls ?? {};
  const pool = new Pool(origin, {
    connections: limits.maxConnections,
    connect: { timeout: connectTimeoutMs, minVersion: 'TLSv1.3', ...(ca !== undefined && { ca }), ...client },
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

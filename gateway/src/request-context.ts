import type { Locale } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';

/** What the gateway knows of one request, from its arrival to its answer. */
export interface GatewayContext {
  /** Who is asking; null for nobody. */
  readonly viewer: Viewer | null;
  readonly locale: Locale;
  readonly requestId: string;
  readonly client: { readonly address: string; readonly userAgent: string | null };
  readonly isMutation: boolean;
  /** When the answer is due, in epoch milliseconds. */
  readonly dueAtMs: number;
  /** Aborts when the client goes away. */
  readonly clientGone: AbortSignal;
}

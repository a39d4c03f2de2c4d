import type { RequestKind } from '../overload/request-kind.ts';

/** Told of every request to the graph once it is answered; it must not throw. */
export type RequestObserver = (seen: {
  /** `unread` for one that was refused before anybody looked into it. */
  readonly kind: RequestKind | 'unread';
  readonly status: number;
  /** Of the first error, null without one. */
  readonly code: string | null;
  readonly tookMs: number;
}) => void;

/** Told of every fetch from a subgraph once it has ended; it must not throw. */
export type FetchObserver = (seen: {
  readonly subgraph: string;
  readonly isMutation: boolean;
  readonly isAnswered: boolean;
  readonly tookMs: number;
}) => void;

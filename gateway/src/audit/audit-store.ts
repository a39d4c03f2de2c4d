import type { ChainEnd, ChainLink } from './chain.ts';

/** Where the chain is kept, for all gateways together. */
export interface AuditStore {
  end(): Promise<ChainEnd>;
  /** The hash of the link at a place; null when there is none. */
  hashAt(sequence: number): Promise<string | null>;
  /**
   * Adds links and moves the end, all or nothing, if the chain ends where it is said to; false when it does not. What is
   * thrown leaves open whether it was done, now or later.
   */
  append(behind: ChainEnd, links: readonly ChainLink[]): Promise<boolean>;
  close(): Promise<void>;
}

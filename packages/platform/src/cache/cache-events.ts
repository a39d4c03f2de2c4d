import type { CacheSource } from './cache.ts';

/** The facts a cache tells; whether to log or count them is decided at the edge. Keys hold opaque ids only. */
export interface CacheEvents {
  readonly hit: (fact: { readonly key: string; readonly source: CacheSource }) => void;
  readonly stale: (fact: { readonly key: string; readonly source: CacheSource }) => void;
  readonly miss: (fact: { readonly key: string }) => void;
  readonly loadFailed: (fact: { readonly key: string; readonly error: unknown }) => void;
  /** An answer was renewed beside its readers, or could not be; they have the one before. */
  readonly renewed: (fact: { readonly key: string }) => void;
  readonly renewalFailed: (fact: { readonly key: string; readonly error: unknown }) => void;
  /** The shared tier held something that is no answer to this key; `foreign` means that it belongs to another key. */
  readonly sharedEntryIgnored: (fact: { readonly key: string; readonly reason: 'unreadable' | 'foreign' }) => void;
  /** Redis answered and refused to write (memory full, read-only replica); reads go on. */
  readonly sharedWriteRefused: (fact: { readonly error: unknown }) => void;
  /** Told when it changes, and once at the start. */
  readonly sharedTierDown: (fact: { readonly error: unknown }) => void;
  readonly sharedTierUp: () => void;
  /** This instance began, or began again, to hear invalidations, and let go of all it might have kept unheard. */
  readonly memoryFlushed: () => void;
}

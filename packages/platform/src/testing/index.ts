export { createManualClock } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
export { createMemoryInboxStore } from './memory-inbox-store.ts';
export type { MemoryInboxStore } from './memory-inbox-store.ts';
export { createMemoryOutboxStore } from './memory-outbox-store.ts';
export type { MemoryOutboxStore } from './memory-outbox-store.ts';

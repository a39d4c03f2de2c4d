export { createManualClock } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
export { createMemoryOutboxStore } from './memory-outbox-store.ts';
export type { MemoryOutboxStore } from './memory-outbox-store.ts';

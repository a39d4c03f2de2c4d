export { standardBackoff } from './backoff.ts';
export type { Backoff } from './backoff.ts';
export type { OutboxMessage, OutboxStore } from './outbox-store.ts';
export { createRelay } from './relay.ts';
export type { Relay, RelayEvents, RelayOptions } from './relay.ts';

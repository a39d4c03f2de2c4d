export { backoffMs, standardBackoff } from './backoff.ts';
export type { Backoff } from './backoff.ts';
export { DeliveryRefused, isOutage } from './is-outage.ts';
export type { OutboxMessage, OutboxStore } from './outbox-store.ts';
export { createPostDelivery } from './post-delivery.ts';
export type { PostDeliveryOptions } from './post-delivery.ts';
export { createRelay } from './relay.ts';
export type { Relay, RelayEvents, RelayOptions } from './relay.ts';

export { addressKeyOf, plainAddressOf } from './address-key.ts';
export { bucketOf } from './bucket.ts';
export type { BucketRule, Standing } from './bucket.ts';
export { createRateLimiter } from './limiter.ts';
export type { RateLimiterOptions } from './limiter.ts';
export type { WhenFull } from './local-buckets.ts';
export type { RateLimiter } from './rate-limiter.ts';
export { createSharedStore } from './shared-store.ts';
export type { SharedStore, SharedStoreEvents } from './shared-store.ts';

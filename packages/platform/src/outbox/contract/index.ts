export { describeOutboxStoreContract } from './outbox-store-contract.ts';
export type { NewOutboxMessage, OutboxStoreUnderTest } from './outbox-store-contract.ts';

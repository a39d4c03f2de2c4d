export { aGate, aMessage, anInbox, bring, describeBrokerContract, messagesOf, until } from './broker-contract.ts';
export type { OpenBroker } from './broker-contract.ts';
export { describeInboxStoreContract } from './inbox-store-contract.ts';
export type { InboxStoresUnderTest } from './inbox-store-contract.ts';

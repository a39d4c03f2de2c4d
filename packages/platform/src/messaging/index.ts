export type { Broker, Subscription } from './broker.ts';
export type { InboxStore } from './inbox-store.ts';
export { createLocalBroker } from './local-broker.ts';
export type { Message } from './message.ts';
export { UnroutableMessage } from './unroutable-message.ts';

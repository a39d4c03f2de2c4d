export type { Broker, Subscription } from './broker.ts';
export type { InboxStore } from './inbox-store.ts';
export { createLocalBroker } from './local-broker.ts';
export type { Message } from './message.ts';
export { createMessageFlow } from './message-flow.ts';
export type { Consumer, MessageFlow, MessageFlowOptions } from './message-flow.ts';
export { createRabbitBroker } from './rabbit-broker.ts';
export type { LinkPurpose, RabbitBrokerEvents, RabbitBrokerOptions } from './rabbit-broker.ts';
export { UnroutableMessage } from './unroutable-message.ts';
